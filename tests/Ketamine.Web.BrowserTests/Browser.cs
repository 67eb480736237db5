using Ketamine.Web.Tests;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

/// <summary>Chromium as Debian ships it, one for all tests: <c>[Collection(Browser.Collection)]</c> and a constructor that takes it.</summary>
public sealed class Browser : IAsyncLifetime
{
    public const string Collection = "browser";

    private static readonly string[] Paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _chromium;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Array.Find(Paths, File.Exists) ?? throw new InvalidOperationException("apt-get install chromium"),
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        }
    );
    }

    /// <summary>Opens a window onto the site. What goes wrong in it (errors in the console, another origin asked) is told when it is closed.</summary>
    /// <param name="site">An app that listens: <see cref="ClinicApp.Listen"/>.</param>
    /// <param name="look">The device and its settings; a desktop where nothing is said.</param>
    public async Task<Visit> VisitAsync(Uri site, Look? look = null)
    {
        look ??= new Look();
        var context = await _chromium!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = site.ToString(),
            JavaScriptEnabled = look.JavaScript,
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Width < 500 ? 740 : 900 },
            HasTouch = look.Width < 500,
            ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ForcedColors = look.ForcedColors ? ForcedColors.Active : ForcedColors.None,
            ReducedMotion = look.ReducedMotion ? ReducedMotion.Reduce : ReducedMotion.NoPreference,
            TimezoneId = look.TimeZone,
            Locale = look.Locale,
        });
        context.SetDefaultTimeout(15_000);
        return new Visit(site, context, await context.NewPageAsync(), look.JavaScript);
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null) await _chromium.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>What a visitor looks with.</summary>
/// <param name="Width">CSS pixels; below 500 it is a phone that is touched.</param>
public sealed record Look(int Width = 1280, bool JavaScript = true, bool Dark = false, bool ForcedColors = false, bool ReducedMotion = false,
    string TimeZone = "America/Denver", string Locale = "en-US")
{
    public static Look Phone { get; } = new(360);

    public override string ToString() => $"{Width} px{(JavaScript ? "" : ", no JavaScript")}{(Dark ? ", dark" : "")}{(ForcedColors ? ", forced colors" : "")}";
}

/// <summary>The tests that share the browser; one after the other, because two cores are soon busy.</summary>
[CollectionDefinition(Browser.Collection)]
public sealed class BrowserCollection : ICollectionFixture<Browser>;
