using Ketamine.Content;
using Ketamine.Content.Model;
using Ketamine.Web.Features.Search;

namespace Ketamine.Web.Tests.Features.Search;

public sealed class InvisibleLettersTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-search-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    /// <summary>Pasted text has soft hyphens, zero-width spaces, joiners, ligatures, and combining accents inside its words.</summary>
    [Fact]
    public void a_word_with_invisible_characters_is_found_by_its_plain_form()
    {
        var text = File.ReadAllText(Repository.PathOf("tests/Ketamine.Content.Tests/cases/search-soft-hyphen.md"));
        text.ShouldContain('\u00ad');
        var folder = new ClinicFolder(_home).Write("people.yml", "ann:\n  name: Ann Lee\n").Write("articles/invisible.md", text);
        var content = ContentFolder.Read(folder.Root).Content.ShouldNotBeNull();
        var (index, edition) = (SearchIndex.Of(content), new Edition(content, new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)));
        var words = new[] { "xylophone", "zebra", "quagga", "beneficium", "affluentia", "decibel", "okapi", "xylo\u00adphone", "walkthrough", "copay" };
        foreach (var word in words)
            index.Find(SearchQuery.Parse(word), edition).Results.ShouldHaveSingleItem(word).Title.ShouldBe("Invisible letters");
    }

    [Fact]
    public void an_abbreviation_is_found_with_and_without_its_periods()
    {
        const string front = "---\ntitle: \"{0}\"\nsummary: A test.\npublished: 2026-01-21\nauthors: [ann]\n---\n\n";
        var folder = new ClinicFolder(_home).Write("people.yml", "ann:\n  name: Ann Lee\n");
        folder.Write("articles/one.md", front.Replace("{0}", "The line") + "An IV line.\n");
        folder.Write("articles/two.md", front.Replace("{0}", "Letters") + "Written A.D.H.D. here.\n");
        var content = ContentFolder.Read(folder.Root).Content.ShouldNotBeNull();
        var (index, edition) = (SearchIndex.Of(content), new Edition(content, new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)));
        foreach (var (word, title) in new[] { ("I.V.", "The line"), ("iv", "The line"), ("i.v", "The line"), ("adhd", "Letters"), ("A.D.H.D.", "Letters") })
            index.Find(SearchQuery.Parse(word), edition).Results.ShouldContain(result => result.Title == title, word);
    }
}
