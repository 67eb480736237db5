using System.Diagnostics;
using Ketamine.Content;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ketamine.Content.Tests;

/// <summary>Uses a real folder, the real file system, and the real watcher.</summary>
public sealed class ContentWatcherTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30); // generous, for a busy machine
    private readonly TestFolder _folder = new TestFolder().Article("one", "First.");
    private readonly List<string> _log = [];
    private ServiceProvider _services = null!;
    private ContentStore _store = null!;

    public async Task InitializeAsync()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Content:Path", _folder.Path)]).Build();
        _services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddLogging(logging => logging.AddProvider(new ListLogger(_log)))
            .AddContent(configuration)
            .AddHostedService<ContentWatcher>()
            .BuildServiceProvider();
        _store = _services.GetRequiredService<ContentStore>();
        foreach (var service in _services.GetServices<IHostedService>()) await service.StartAsync(CancellationToken.None);
        await Task.Delay(300); // until the watcher's first check
    }

    public async Task DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>()) await service.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task a_change_is_live_within_a_second()
    {
        // The best of three, because the machine may be busy with other tests.
        var best = TimeSpan.MaxValue;
        for (var change = 1; change <= 3; change++)
        {
            var text = $"Change {change}.";
            var time = Stopwatch.StartNew();
            _folder.Article("one", text);
            await UntilAsync(() => Body() == text);
            if (time.Elapsed < best) best = time.Elapsed;
        }

        best.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task a_mistake_keeps_the_last_good_content_and_is_reported_until_it_is_fixed()
    {
        _folder.Article("one", "[dead](/nowhere)");
        await UntilAsync(() => _store.Health.Errors.Count > 0);
        Body().ShouldBe("First.");
        _store.Health.Errors.ShouldHaveSingleItem().Line.ShouldBe(7);
        _log.Count(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBe(1);
        _log.ShouldContain(line => line.Contains("articles/one.md:7: link: there is no page \"/nowhere\""));

        _folder.Article("one", "Fixed.");
        await UntilAsync(() => _store.Health.Errors.Count == 0);
        Body().ShouldBe("Fixed.");
    }

    [Fact]
    public async Task undoing_a_mistake_makes_the_folder_valid_again()
    {
        _folder.Article("one", "[dead](/nowhere)");
        await UntilAsync(() => _store.Health.Errors.Count > 0);
        _folder.Article("one", "First.");
        await UntilAsync(() => _store.Health.Errors.Count == 0);
    }

    [Fact]
    public async Task files_are_added_and_removed()
    {
        _folder.Article("two", "New.").Drawing("new.svg");
        await UntilAsync(() => _store.Current.Articles.Length == 2 && _store.Current.Content.Files.Count == 1);
        File.Delete(_folder.File("articles/two.md"));
        await UntilAsync(() => _store.Current.Articles.Length == 1);
        File.Move(_folder.File("articles/one.md"), _folder.File("articles/other.md"));
        await UntilAsync(() => _store.Current.Articles.Single().Slug.ToString() == "other");
    }

    [Fact]
    public async Task a_file_written_in_pieces_is_not_read_halfway()
    {
        var whole = File.ReadAllText(_folder.File("articles/one.md")).Replace("First.", "Whole.\n\n## Part two\n\nEnd.");
        var seen = new List<string>();
        using (var file = new StreamWriter(_folder.File("articles/one.md")))
        {
            foreach (var piece in whole.Chunk(20))
            {
                await file.WriteAsync(piece);
                await file.FlushAsync();
                seen.Add(Body());
                await Task.Delay(20);
            }
        }

        await UntilAsync(() => Body().EndsWith("End.", StringComparison.Ordinal));
        seen.Distinct().ShouldBe(["First."]);
        _log.ShouldNotContain(line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task editors_temporary_files_are_not_read()
    {
        foreach (var name in new[] { ".one.md.swp", "one.md~", "#one.md#", "4913", ".#one.md", "one.md.tmp" }) _folder.Write("articles/" + name, "scrap");
        await Task.Delay(600);
        _store.Health.Errors.ShouldBeEmpty();
        _folder.Read().Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task an_editor_that_moves_the_new_file_over_the_old_is_noticed()
    {
        var text = File.ReadAllText(_folder.File("articles/one.md")).Replace("First.", "Moved.");
        await File.WriteAllTextAsync(_folder.File("articles/.one.md.tmp"), text);
        File.Move(_folder.File("articles/.one.md.tmp"), _folder.File("articles/one.md"), overwrite: true);
        await UntilAsync(() => Body() == "Moved.");
    }

    [Fact]
    public void a_file_that_changed_again_in_the_same_moment_is_read_again()
    {
        var (folder, file) = (new ContentFolder(_folder.Path), _folder.File("articles/one.md"));
        var (text, time) = (File.ReadAllText(file), File.GetLastWriteTimeUtc(file));
        folder.Read().Content!.Articles[0].Body.PlainText.ShouldBe("First.");
        File.WriteAllText(file, text.Replace("First.", "Again."));
        File.SetLastWriteTimeUtc(file, time);
        folder.Read().Content!.Articles[0].Body.PlainText.ShouldBe("Again.");
    }

    [Fact]
    public void a_folder_with_errors_keeps_the_site_from_starting()
    {
        using var broken = new TestFolder().Article("one", "<b>raw</b>");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Content:Path", broken.Path)]).Build();
        using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().AddContent(configuration).BuildServiceProvider();
        var errors = new StringWriter();
        services.TryReadContent(errors).ShouldBeFalse();
        errors.ToString().ShouldStartWith("articles/one.md:7: HTML: \"<b>\" is HTML, which isn't supported → **words**");
    }

    private string Body() => _store.Current.Content.Articles[0].Body.PlainText.Replace('\n', ' ');

    private static async Task UntilAsync(Func<bool> holds)
    {
        var time = Stopwatch.StartNew();
        while (!holds())
        {
            time.Elapsed.ShouldBeLessThan(Soon);
            await Task.Delay(10);
        }
    }

    private sealed class ListLogger(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add($"{logLevel} {formatter(state, exception)}");
        }

        public void Dispose()
        {
        }
    }
}
