using Ketamine.Content.Editing;

namespace Ketamine.Web.Features.Staff;

/// <summary>What <c>content check</c> reports about the folder now, including warnings. Cached until a file changes or a new day begins.</summary>
public sealed class ContentFindings(LiveCopies copies, ContentFolder served, ContentStore store, TimeProvider clock)
{
    // The working folder, not the one being served: after the first publication, visitors get a copy, and editors can't fix mistakes there.
    private readonly ContentFolder _folder = new(copies.Folder, clock) { Cache = served.Cache };
    private readonly Lock _turn = new();
    private (string Stamp, Edition? Edition, IReadOnlyList<Diagnostic> Problems, DateTimeOffset At) _last = ("", null, [], default);

    /// <summary>The problems, errors first, and when the folder was checked. Thread-safe.</summary>
    public (IReadOnlyList<Diagnostic> Problems, DateTimeOffset At) Current
    {
        get
        {
            lock (_turn)
            {
                var (stamp, edition) = (_folder.Stamp(), store.Current);
                if (_last.Stamp != stamp || !ReferenceEquals(_last.Edition, edition))
                {
                    var report = CheckReport.Of(_folder.Path, _folder.Read(), clock, cards: null);
                    _last = (stamp, edition, [.. report.Problems.OrderByDescending(problem => problem.Severity)], clock.GetUtcNow());
                }

                return (_last.Problems, _last.At);
            }
        }
    }
}
