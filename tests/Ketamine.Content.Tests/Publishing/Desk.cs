using System.Diagnostics;
using Ketamine.Content.Publishing;

namespace Ketamine.Content.Tests.Publishing;

/// <summary>An editor's folder, the site's data folder, and the publisher that connects them.</summary>
internal sealed class Desk : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("publish-").FullName;
    private readonly bool _git;

    /// <param name="git">Whether the history is in git rather than in dated copies.</param>
    public Desk(bool git)
    {
        _git = git;
        Folder = New("content");
        Write("clinic.yml", "name: Cedar\nurl: https://cedar.clinic\ntimeZone: America/Denver\n").Write("people.yml", "ann:\n  name: Ann Lee\n")
            .Article("one", "First words about visits.").Article("two", "Other words about rooms.");
    }

    public string Folder { get; }
    public TickingClock Clock { get; } = new();
    public LiveCopies Copies => new(Folder, Path.Combine(_home, "data"));
    public Publisher Publisher => new(Copies, Clock, _git);

    public string New(string name) => Directory.CreateDirectory(Path.Combine(_home, name)).FullName;

    /// <summary>A second editor's folder and data: a clone of the first one's repository.</summary>
    public (string Folder, Publisher Publisher) Clone(string remote, string name)
    {
        Git(_home, "clone", "-q", remote, name);
        var folder = Path.Combine(_home, name);
        return (folder, new Publisher(new LiveCopies(folder, Path.Combine(_home, name + "-data")), Clock));
    }

    /// <summary>A bare repository with this folder's publications, which the folder's branch tracks.</summary>
    public string Share()
    {
        var remote = Path.Combine(_home, "shared.git");
        Git(_home, "init", "-q", "--bare", "-b", "main", remote);
        Git(Folder, "remote", "add", "origin", remote);
        Git(Folder, "push", "-q", "-u", "origin", "main");
        return remote;
    }

    public Desk Write(string name, string text) => WriteIn(Folder, name, text);

    public Desk WriteIn(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    public Desk Article(string slug, string body, string title = "") => ArticleIn(Folder, slug, body, title);

    public Desk ArticleIn(string folder, string slug, string body, string title = "") =>
        WriteIn(
            folder,
            $"articles/{slug}.md",
            $"---\ntitle: {(title.Length > 0 ? title : $"About {slug}")}\nsummary: Short.\npublished: 2026-03-14\nauthors: [ann]\n---\n{body}\n"
        );

    public string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <summary>The body that visitors see.</summary>
    public string Live(string slug, LiveCopies? copies = null) =>
        new ContentFolder(copies ?? Copies, Clock).Read().Content!.Articles.Single(article => article.Slug.ToString() == slug).Body.PlainText.Trim()
            .Replace('’', '\'');

    public async Task<PublishResult> PublishAsync(string why, string who = "Ana", params string[] keep)
    {
        var result = await Publisher.PublishAsync(new PublishOrder(who, why, Keep: keep), CancellationToken.None);
        return result;
    }

    public static string Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        git.ExitCode.ShouldBe(0, $"git {string.Join(' ', arguments)}: {git.StandardError.ReadToEnd()}");
        return output;
    }

    public void Dispose()
    {
        // git makes its objects read-only, and Windows refuses to delete those.
        foreach (var file in Directory.EnumerateFiles(_home, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(_home, recursive: true);
    }
}

/// <summary>A clock that advances by a minute each time it is read.</summary>
internal sealed class TickingClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now += TimeSpan.FromMinutes(1);
}
