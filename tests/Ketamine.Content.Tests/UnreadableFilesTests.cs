using System.Diagnostics;
using System.Net.Sockets;
using Ketamine.Content.Editing;
using Ketamine.Content.Publishing;

namespace Ketamine.Content.Tests;

/// <summary>Pipes, sockets, devices, broken links, and folders in the place of files. All of them are named; none is ever opened.</summary>
public sealed class UnreadableFilesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TestFolder _folder = new TestFolder().Article("one", "First.").Drawing("dot.svg");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("articles/pipe.md")]
    [InlineData("pages/pipe.md")]
    [InlineData("images/pipe.png")]
    [InlineData("images/pipe.svg")]
    [InlineData("clinic.yml")]
    [InlineData("claims.yml")]
    [InlineData("faqs.yml")]
    [InlineData("safety.yml")]
    [InlineData("risks.yml")]
    public async Task a_pipe_is_reported_and_nothing_waits_for_it(string file)
    {
        Pipe(file);
        var problems = await InTimeAsync(Check);
        problems.Where(problem => problem.File == file).ShouldHaveSingleItem().ToMessage()
            .ShouldContain(file == "risks.yml" ? "risks.yml: warning: this is not a regular file" : $"{file}: this is not a regular file");
        Errors(problems).Count().ShouldBe(file == "risks.yml" ? 0 : 1);
    }

    [Fact]
    public async Task sockets_devices_and_links_to_them_are_reported_too()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Directory.CreateDirectory(_folder.File("pages"));
        socket.Bind(new UnixDomainSocketEndPoint(_folder.File("pages/socket.md")));
        File.CreateSymbolicLink(_folder.File("articles/zero.md"), "/dev/zero");
        File.CreateSymbolicLink(_folder.File("articles/two.md"), "one.md");
        var problems = await InTimeAsync(Check);
        problems.Where(problem => problem.Found == "this is not a regular file").Select(problem => problem.File)
            .ShouldBe(["articles/zero.md", "pages/socket.md"]);
        _folder.Read().Texts.Select(text => text.File).ShouldBe(["articles/one.md", "articles/two.md"]);
    }

    [Fact]
    public async Task a_pipe_changes_the_stamp_and_is_not_copied_for_a_publication()
    {
        var folder = new ContentFolder(_folder.Path);
        var before = folder.Stamp();
        Pipe("articles/pipe.md");
        Pipe("notes");
        (await InTimeAsync(folder.Stamp)).ShouldNotBe(before);
        using var copy = new TestFolder();
        (await InTimeAsync(() => FolderCopy.Copy(_folder.Path, copy.File("copy")))).Keys
            .ShouldBe(["articles/one.md", "clinic.yml", "images/dot.svg", "people.yml"]);
    }

    [Fact]
    public void a_link_to_itself_or_to_nothing_is_named_and_the_rest_is_read()
    {
        File.CreateSymbolicLink(_folder.File("loop"), "loop");
        File.CreateSymbolicLink(_folder.File("articles/gone.md"), "../drafts/gone.md");
        Check().Where(problem => problem.Key is "file" or "folder").Select(problem => problem.ToMessage()).ShouldBe([
            "articles/gone.md: this link leads to \"../drafts/gone.md\", where there is no file → remove the link, or link to a file that exists",
            "loop: warning: this link leads back to itself → remove the link, or link to a file that exists",
        ]);
        _folder.Read().Texts.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_link_to_a_folder_that_contains_it_is_named_once_and_never_followed()
    {
        File.CreateSymbolicLink(_folder.File("articles/all"), "..");
        File.CreateSymbolicLink(_folder.File("images/again"), _folder.File("images"));
        File.CreateSymbolicLink(_folder.File("whole"), ".");
        Check().Where(problem => problem.Key is "file" or "folder").Select(problem => problem.ToMessage()).ShouldBe([
            "articles/all: warning: this link leads back to a folder that it is in → remove the link",
            "images/again: warning: this link leads back to a folder that it is in → remove the link",
            "whole: warning: this link leads back to a folder that it is in → remove the link",
        ], ignoreOrder: true);
        using var copy = new TestFolder();
        (await InTimeAsync(() => FolderCopy.Copy(_folder.Path, copy.File("copy")))).Keys
            .ShouldBe(["articles/one.md", "clinic.yml", "images/dot.svg", "people.yml"]);
    }

    [Theory]
    [InlineData("two.md.txt", "rename it to articles/two.md")]
    [InlineData("two.markdown", "rename it to articles/two.md")]
    [InlineData("two.docx", "open it, copy its words, and paste them as plain text into a new file, articles/two.md")]
    [InlineData("two.jpg", "move it to images/two.jpg")]
    [InlineData("two.txt", "texts are named articles/two.md")]
    public void a_file_that_is_no_text_is_sent_where_it_belongs(string name, string wanted)
    {
        _folder.Write($"articles/{name}", "Not read.");
        Check().ShouldContain(problem => problem.File == $"articles/{name}" && problem.Key == "file" && problem.Wanted == wanted);
    }

    [Fact]
    public void a_link_to_a_folder_elsewhere_is_followed()
    {
        using var elsewhere = new TestFolder();
        elsewhere.Write("two.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        File.CreateSymbolicLink(_folder.File("images/more"), elsewhere.Path);
        FolderListing.Of(_folder.Path, []).Files.Select(file => file.Path).ShouldContain("images/more/two.svg");
    }

    [Theory]
    [InlineData("artciles/two.md", "artciles", "rename it to articles")]
    [InlineData("Articles/two.md", "Articles", "rename it to articles")]
    [InlineData("image/dot.svg", "image", "rename it to images")]
    [InlineData("blog/two.md", "blog", "move its texts to pages, services, articles")]
    [InlineData("faqs.yml/two.md", "faqs.yml", "move its files elsewhere")]
    [InlineData("articles/foo.md/two.txt", "articles/foo.md", "move its files elsewhere")]
    [InlineData("images/dot.png/two.svg", "images/dot.png", "move its files elsewhere")]
    [InlineData("pages", "pages", "rename it, and create a folder")]
    public void a_misspelled_folder_and_a_folder_in_place_of_a_file_are_pointed_out(string file, string reported, string wanted)
    {
        _folder.Write(file, "---\ntitle: Two\n---\nTwo.\n").Write("data/notes.txt", "Not read.").Write(".git/one.md", "Not read.");
        var problem = Check().Where(problem => problem.Key == "folder").ShouldHaveSingleItem();
        (problem.File, problem.Severity).ShouldBe((reported, DiagnosticSeverity.Warning));
        problem.Wanted.ShouldContain(wanted);
    }

    private void Pipe(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
        File.Delete(_folder.File(file));
        using var made = Process.Start("mkfifo", [_folder.File(file)]);
        made.WaitForExit();
        made.ExitCode.ShouldBe(0);
    }

    private List<Diagnostic> Check() =>
        [.. CheckReport.Of(_folder.Path, new FixedClock(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)), cards: null).Problems];

    private static IEnumerable<Diagnostic> Errors(IEnumerable<Diagnostic> problems) =>
        problems.Where(problem => problem.Severity == DiagnosticSeverity.Error && !problem.Found.Contains("sample", StringComparison.Ordinal));

    // On a thread that may wait forever without holding up the test.
    private static async Task<T> InTimeAsync<T>(Func<T> work) =>
        await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Patience);
}
