using Ketamine.Content;

namespace Ketamine.Content.Tests;

/// <summary>A clinic's folder for one test, in the temporary directory; removed afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public const string Clinic = "name: Cedar\nurl: https://cedar.example\ntimeZone: America/Denver\n";

    public TestFolder()
    {
        Write("clinic.yml", Clinic);
        Write("people.yml", "ann:\n  name: Ann Lee\n");
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("clinic-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public TestFolder Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public TestFolder Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllBytes(File(name), bytes);
        return this;
    }

    public TestFolder Article(string slug, string body, string keys = "") =>
        Write($"articles/{slug}.md", $"---\ntitle: About {slug}\nsummary: Short.\npublished: 2026-03-14\nauthors: [ann]\n{keys}---\n{body}");

    public TestFolder Drawing(string name, int width = 400, int height = 300) =>
        Write($"images/{name}", $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\"/>");

    public ContentReading Read() => ContentFolder.Read(Path, CancellationToken.None);

    /// <summary>The content. If there are errors, the test fails with them as its message.</summary>
    public SiteContent Content() => Read() is var reading && reading.Content is { } content
        ? content
        : throw new InvalidOperationException(string.Join('\n', reading.Errors.Select(error => error.ToMessage())));

    /// <summary>The rendered HTML of an article with this body.</summary>
    public string Html(string body) => Article("one", body).Content().Articles.Single(article => article.Slug.ToString() == "one").Body.Html;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
