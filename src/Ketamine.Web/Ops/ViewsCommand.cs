using System.CommandLine;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Articles;

namespace Ketamine.Web.Ops;

/// <summary><c>ops views</c>: shows how often each article was read.</summary>
public static class ViewsCommand
{
    public static Command Create(OpsSite site)
    {
        var days = PlainOption.Number("--days", "The number of days that the second column covers.", fallback: 30, least: 1, most: 3650);
        return site.Command("views", "Shows how often each article was read, most-read first. Stores nothing about readers.",
            [days], async (run, cancellation) =>
        {
            var since = DateOnly.FromDateTime(run.Now.UtcDateTime).AddDays(-run.Value(days));
            var rows = await run.Db.Set<ArticleViews>().AsNoTracking().ToListAsync(cancellation);
            await run.WriteAsync($"{"total",9} {$"{run.Value(days)} days",9}  article");
            foreach (var article in rows.GroupBy(row => row.Slug).OrderByDescending(group => group.Sum(row => row.Count)))
                await run.WriteAsync(
                    $"{article.Sum(row => row.Count), 9} {article.Where(row => row.Day >= since).Sum(row => row.Count), 9}  {article.Key}");
            return 0;
        });
    }
}
