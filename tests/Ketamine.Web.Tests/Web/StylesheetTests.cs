using Ketamine.Web.Web;

namespace Ketamine.Web.Tests.Web;

public sealed class StylesheetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stylesheet-").FullName;

    [Fact]
    public void many_files_become_one_in_their_order_and_layers()
    {
        Write("a.css", "/* why */\n.a {\n  color: red;\n}\n");
        Write("b.css", ".b { color: blue; }");

        Bundle("@layer one, two;\n@import \"a.css\" layer(one);\n@import \"b.css\" layer(two);\n")
            .ShouldBe("@layer one, two;\n@layer one {\n.a {\ncolor: red;\n}\n}\n@layer two {\n.b { color: blue; }\n}");
    }

    [Fact]
    public void an_import_that_a_browser_would_have_to_follow_is_refused() =>
        Should.Throw<FormatException>(() => Bundle("@import url(https://elsewhere.example/a.css);"));

    [Fact]
    public void a_file_that_is_not_there_is_named() =>
        Should.Throw<FileNotFoundException>(() => Bundle("@import \"gone.css\" layer(one);")).Message.ShouldContain("gone.css");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Bundle(string root) => Stylesheet.Bundle(Write("site.css", root));

    private string Write(string name, string css)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, css);
        return path;
    }
}
