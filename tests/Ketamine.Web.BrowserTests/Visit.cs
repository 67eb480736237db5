using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Ketamine.Web.BrowserTests;

/// <summary>One visitor's window. Closing it fails the test if the page contacted another origin or logged an error to the console.</summary>
public sealed class Visit : IAsyncDisposable
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string[] AllRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    private static readonly string[] ContrastRules = ["color-contrast", "link-in-text-block"];

    private readonly IBrowserContext _context;
    private readonly List<string> _wrong = [];
    private readonly bool _runsScripts;

    internal Visit(Uri site, IBrowserContext context, IPage page, bool runsScripts)
    {
        _context = context;
        _runsScripts = runsScripts;
        Page = page;
        var origin = site.GetLeftPart(UriPartial.Authority);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(origin + "/", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                _wrong.Add($"another origin was asked: {request.Url}");
        };
        page.Console += (_, message) =>
        {
            // Chromium's console reports a page that returns 4xx on purpose as an error too.
            if (
                message.Type == "error"
                && !message.Text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal)
            )
                _wrong.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => _wrong.Add($"{page.Url}: {error}");
    }

    public IPage Page { get; }

    /// <summary>Opens an address of the site and waits until everything has loaded.</summary>
    public async Task<IResponse> OpenAsync(string path) =>
        (await Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.Load }))!;

    /// <summary>Checks that axe finds no violations of WCAG 2.2 A and AA or its own best practices. axe is a script, so the window must run scripts.</summary>
    public async Task ShouldBeAccessibleAsync() => (await FindBarriersAsync()).ShouldBeEmpty();

    /// <summary>What axe finds, one line per violated rule; empty if nothing.</summary>
    /// <param name="colors">Checks only the contrast of text and links, which is all that another color scheme can change.</param>
    public async Task<string[]> FindBarriersAsync(bool colors = false)
    {
        if (!_runsScripts) throw new InvalidOperationException("axe can't run in a window without JavaScript.");
        // Once per document. The package's own RunAxe opens a second window for each run, which takes most of the time.
        if (!await Page.EvaluateAsync<bool>("'axe' in window")) await Page.EvaluateAsync(Axe);
        return await Page.EvaluateAsync<string[]>(
            """
            async only => {
              const found = (await axe.run(document, { runOnly: only, resultTypes: ['violations'] })).violations;
              // The bar at the bottom of a phone may cover part of a link, depending on the scroll position. What counts is a link in full view.
              const covered = async node => {
                document.querySelector(node.target[0]).scrollIntoView({ block: 'center', behavior: 'instant' });
                return (await axe.run(node.target[0], { runOnly: ['target-size'] })).violations.length === 0;
              };
              const place = scrollY;
              for (const rule of found.filter(rule => rule.id === 'target-size')) {
                const small = [];
                for (const node of rule.nodes) if (!await covered(node)) small.push(node);
                rule.nodes = small;
              }
              scrollTo({ top: place, behavior: 'instant' });
              return found.filter(rule => rule.nodes.length > 0)
                .map(rule => `${location.pathname}: ${rule.id}, ${rule.help}: ${rule.nodes.map(node => node.html).join(' | ')}`);
            }
            """,
            colors ? ContrastRules : AllRules
        );
    }

    /// <summary>Checks that nothing needs horizontal scrolling (WCAG 1.4.10).</summary>
    public async Task ShouldFitAsync() => (await OverhangAsync()).ShouldBe(0, $"{Page.Url} is wider than the window");

    /// <summary>How much wider than the window the page is, in CSS pixels; 0 if it fits.</summary>
    public Task<int> OverhangAsync() =>
        Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)");

    /// <summary>The element with the keyboard focus, as its ID or, without one, its text.</summary>
    public Task<string> FocusedAsync() => Page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.textContent.trim()");

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _wrong.ShouldBeEmpty();
    }
}
