using Ketamine.Content.Editing;

namespace Ketamine.Content.Tests;

public sealed class SampleLeftoversTests : IDisposable
{
    private static readonly FixedClock Clock = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly TestFolder _folder = new TestFolder().Write("clinic.yml", Real).Write("people.yml", "ann:\n  name: Ann Lee\n  credentials: MD\n");
    private readonly StringWriter _output = new();

    private const string Real = "name: Cedar\nurl: https://www.cedar-clinic.org\ntimeZone: America/Denver\nphone: \"+13032920142\"\n";

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    private int Check() => ContentCheck.Run(_folder.Path, _output, Clock);

    [Fact]
    public void a_clinic_that_replaced_everything_passes() => Check().ShouldBe(0, _output.ToString());

    [Theory]
    [InlineData("clinic.yml", "www.cedar-clinic.org", "cedar-and-sage.example", "clinic.yml: url:")]
    [InlineData("clinic.yml", "+13032920142", "+13035550142", "clinic.yml: phone:")]
    [InlineData("clinic.yml", "phone:", "legalName: Cedar (a sample, not a company)\nphone:", "clinic.yml: legalName:")]
    [InlineData("clinic.yml", "phone:", "email: hello@cedar.example\nphone:", "clinic.yml: email:")]
    [InlineData("clinic.yml", "phone:", "social:\n  x: https://x.com/cedar-example\nphone:", "clinic.yml: social.x:")]
    [InlineData("people.yml", "MD", "A physician's role, not a named person", "people.yml: ann:")]
    public void leftovers_of_the_sample_are_errors_once_sample_is_off(string file, string from, string to, string reported)
    {
        _folder.Write(file, File.ReadAllText(_folder.File(file)).Replace(from, to, StringComparison.Ordinal));
        Check().ShouldBe(1);
        _output.ToString().ShouldContain(reported);
    }

    [Theory]
    [InlineData("Medical Director", "MD", "is a role")]
    [InlineData("Clinical Team", "MD", "is a role")]
    [InlineData("Ann Lee", "", "has no credentials")]
    public void a_reviewer_must_be_a_person_with_credentials(string name, string credentials, string reported)
    {
        _folder.Write("people.yml", $"ann:\n  name: {name}\n  credentials: \"{credentials}\"\n").Article("one", "Text.\n");
        ContentSign.Run(_folder.Path, "one", "ann", Clock, _output).ShouldBe(0);
        Check().ShouldBe(1);
        _output.ToString().ShouldContain(reported);
    }

    [Fact]
    public void the_samples_reviews_and_words_are_errors()
    {
        _folder
            .Write("reviews.yml", "- {text: Kind people., by: Nobody yet, date: 2026-01-01, consent: 2026-01-01}\n")
            .Write("pages/about.md", "---\ntitle: About\n---\nThis clinic is made up. Call (303) 555-0142.\n");
        Check().ShouldBe(1);
        _output.ToString().ShouldContain("reviews.yml: by:");
        _output.ToString().ShouldContain("pages/about.md: sample:");
        _output.ToString().ShouldContain("pages/about.md: phone:");
    }

    [Fact]
    public void a_copied_folder_under_another_name_shows_no_review()
    {
        _folder.Article("one", "Text.\n");
        ContentSign.Run(_folder.Path, "one", "ann", Clock, _output).ShouldBe(0);
        Signed().ShouldBeTrue();

        foreach (var (file, from, to) in new[]
        {
            ("clinic.yml", "name: Cedar", "name: Fir"), ("clinic.yml", "www.cedar-clinic.org", "www.fir-clinic.org"),
            ("people.yml", "Ann Lee", "Dana Roe"), ("people.yml", "MD", "DO"),
        })
        {
            var before = File.ReadAllText(_folder.File(file));
            _folder.Write(file, before.Replace(from, to, StringComparison.Ordinal));
            Signed().ShouldBeFalse($"{from} became {to}");
            _folder.Write(file, before);
        }

        Signed().ShouldBeTrue();

        bool Signed() => _folder.Content().Articles[0].Review!.Signed;
    }
}
