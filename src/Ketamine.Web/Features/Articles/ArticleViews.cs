using System.Collections.Concurrent;
using Ketamine.Web.Data;
using Ketamine.Web.Web;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Articles;

/// <summary>How often an article was read on one day in the clinic's time zone. Nothing about readers is stored anywhere.</summary>
public sealed class ArticleViews
{
    public string Slug { get; private set; } = "";
    public DateOnly Day { get; private set; }
    public int Count { get; private set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ArticleViews>
    {
        public void Configure(EntityTypeBuilder<ArticleViews> views)
        {
            views.ToTable("ArticleViews");
            views.HasKey(v => new { v.Slug, v.Day });
            views.Property(v => v.Slug).HasMaxLength(100);
        }
    }
}

/// <summary>
/// Counts views in memory and saves them in batches, every ten seconds and when the site stops. Pages show the count from when the site started or the
/// day began: a page stays a pure function of its edition, and a live count would reveal that someone is reading.
/// </summary>
public sealed class ViewCounter(IDbContextFactory<ClinicDb> databases, ContentStore content, TimeProvider clock, ILogger<ViewCounter> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<(string Slug, DateOnly Day), int> _waiting = new();
    private volatile FrozenDictionary<string, int> _totals = FrozenDictionary<string, int>.Empty;
    private Edition? _totalsOf;

    /// <summary>Counts one view of an article.</summary>
    public void Count(Slug article) => _waiting.AddOrUpdate((article.ToString(), Today()), 1, static (_, before) => before + 1);

    /// <summary>The number of views before the day began or the site started.</summary>
    public int Total(Slug article) => _totals.GetValueOrDefault(article.ToString());

    /// <summary>Saves the waiting counts; counts that can't be saved keep waiting.</summary>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        if (_waiting.IsEmpty) return;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        foreach (var key in _waiting.Keys)
        {
            if (!_waiting.TryRemove(key, out var count)) continue;
            try
            {
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "ArticleViews" ("Slug", "Day", "Count") VALUES ({key.Slug}, {key.Day}, {count})
                    ON CONFLICT ("Slug", "Day") DO UPDATE SET "Count" = "ArticleViews"."Count" + excluded."Count"
                    """,
                    cancellation);
            }
            catch
            {
                _waiting.AddOrUpdate(key, count, (_, since) => since + count);
                throw;
            }
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReadTotalsAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(WriteAsync, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryAsync(WriteAsync, stoppingToken);
            if (_totalsOf?.Today != content.Current.Today) await TryAsync(ReadTotalsAsync, stoppingToken);
        }
    }

    private async Task ReadTotalsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var totals = await db.Set<ArticleViews>()
            .GroupBy(views => views.Slug)
            .Select(group => new { group.Key, Sum = group.Sum(views => views.Count) })
            .ToListAsync(cancellation);
        _totals = totals.ToFrozenDictionary(total => total.Key, total => total.Sum, StringComparer.Ordinal);
        _totalsOf = content.Current;
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            await work(cancellation);
        }
        catch (Exception failure) when (ClinicDatabase.IsFailure(failure))
        {
            logger.LogWarning("Article views can't be saved yet: {Failure}", failure.GetType().Name);
        }
    }

    private DateOnly Today() => clock.GetUtcNow().InZone(content.Current.Clinic.TimeZone).Date.ToDateOnly();
}

/// <summary>The beacon's address and the counter behind it.</summary>
public static class ViewBeacon
{
    // Bots that identify themselves; the others don't run the script that sends the beacon.
    private static readonly string[] Programs =
    [
        "bot", "crawl", "spider", "slurp", "preview", "headless", "lighthouse", "monitor", "curl", "wget", "python", "http",
    ];

    public static IServiceCollection AddArticles(this IServiceCollection services) => services
        .AddWorker<ViewCounter>()
        .AddWorker<ReviewReminders>();

    /// <summary>POST /views/{slug}: 204 whether it counts or not; 404 unless visitors can see the article.</summary>
    public static IEndpointRouteBuilder MapArticles(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/views/{slug}", (string slug, HttpRequest request, ContentStore content, ViewCounter views) =>
        {
            if (content.Current.FindArticle(slug) is not { } article) return Results.NotFound();
            if (IsReader(request)) views.Count(article.Slug);
            return Results.NoContent();
        });
        return routes;
    }

    private static bool IsReader(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        return agent.Length > 0
            && !request.Headers.ContainsKey("Sec-Purpose")
            && !Programs.Any(program => agent.Contains(program, StringComparison.OrdinalIgnoreCase));
    }
}
