using Ketamine.Web.Tests;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

/// <summary>Debian's Chromium, shared by all tests: use <c>[Collection(Browser.Collection)]</c> and a constructor that takes it.</summary>
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

    /// <summary>Opens a window on the site. Closing it reports what went wrong: console errors, and requests to another origin.</summary>
    /// <param name="site">An app that listens; see <see cref="ClinicApp.Listen"/>.</param>
    /// <param name="look">The device and its settings; a desktop by default.</param>
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

/// <summary>A visitor's device.</summary>
/// <param name="Width">CSS pixels. Below 500, it is a phone with a touch screen.</param>
public sealed record Look(int Width = 1280, bool JavaScript = true, bool Dark = false, bool ForcedColors = false, bool ReducedMotion = false,
    string TimeZone = "America/Denver", string Locale = "en-US")
{
    public static Look Phone { get; } = new(360);

    public override string ToString() => $"{Width} px{(JavaScript ? "" : ", no JavaScript")}{(Dark ? ", dark" : "")}{(ForcedColors ? ", forced colors" : "")}";
}

/// <summary>The tests that share the browser. They run one after another, because two cores are soon busy.</summary>
[CollectionDefinition(Browser.Collection)]
public sealed class BrowserCollection : ICollectionFixture<Browser>;
