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
        var command = new Command("views", "Shows how often each article was read, most-read first. Stores nothing about readers.") { days };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var clock = services.GetRequiredService<TimeProvider>();
            var since = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-line.GetValue(days));
            var rows = await services.GetRequiredService<ClinicDb>().Set<ArticleViews>().AsNoTracking().ToListAsync(cancellation);
            var output = line.InvocationConfiguration.Output;
            await output.WriteLineAsync($"{"total",9} {$"{line.GetValue(days)} days",9}  article");
            foreach (var article in rows.GroupBy(row => row.Slug).OrderByDescending(group => group.Sum(row => row.Count)))
                await output.WriteLineAsync(
                    $"{article.Sum(row => row.Count), 9} {article.Where(row => row.Day >= since).Sum(row => row.Count), 9}  {article.Key}"
                );
            return 0;
        }));
        return command;
    }
}
