using Ketamine.Content.Editing;

namespace Ketamine.Content.Tests;

public sealed class MissingFactsTests : IDisposable
{
    private static readonly FixedClock Clock = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));

    private const string Whole = """
        name: Cedar
        url: https://www.cedar-clinic.org
        timeZone: America/Denver
        license: {number: "123", board: Colorado Department of Public Health, lookUp: https://apps2.colorado.gov/}
        medicalDirector: ann
        registrations: [{name: REMS-certified for esketamine, number: "77"}]
        federalFunds: false
        processors: []
        affiliates: []
        backupDays: 30

        """;

    private readonly TestFolder _folder = new TestFolder()
        .Write("clinic.yml", Whole)
        .Write("people.yml", "ann: {name: Ann Lee, credentials: MD, license: {number: \"9\", board: Colorado Medical Board}}\n")
        .Write(
            "pages/practices.md",
            "---\ntitle: Notice of Privacy Practices\nkind: privacy-practices\neffective: 2026-02-16\n---\n"
                + "This notice describes how medical information about you may be used and disclosed.\n\n"
                + "We keep it safe. We do not sell it. You can ask us. We will tell you.\n"
        );

    public void Dispose() => _folder.Dispose();

    private List<string> Reported() =>
        [
            .. CheckReport
                .Of(_folder.Path, Clock, cards: null)
                .Problems.Where(problem => problem.Severity == DiagnosticSeverity.Warning)
                .Select(problem => problem.ToMessage()),
        ];

    [Fact]
    public void a_clinic_with_every_fact_gets_no_warning() => Reported().ShouldBeEmpty();

    [Theory]
    [InlineData(
        "license: {number: \"123\", board: Colorado Department of Public Health, lookUp: https://apps2.colorado.gov/}\n",
        "",
        "clinic.yml: warning: license:"
    )]
    [InlineData("medicalDirector: ann\n", "", "clinic.yml: warning: medicalDirector:")]
    [InlineData("registrations: [{name: REMS-certified for esketamine, number: \"77\"}]\n", "", "clinic.yml: warning: registrations:")]
    [InlineData("federalFunds: false\n", "", "clinic.yml: warning: federalFunds:")]
    [InlineData("federalFunds: false\n", "federalFunds: true\n", "clinic.yml: warning: languageHelp:")]
    [InlineData("processors: []\n", "", "clinic.yml: warning: processors:")]
    [InlineData("affiliates: []\n", "", "clinic.yml: warning: affiliates:")]
    [InlineData("backupDays: 30\n", "", "clinic.yml: warning: backupDays:")]
    public void a_real_clinic_is_warned_of_missing_facts_and_a_sample_is_not(string from, string to, string reported)
    {
        _folder.Write("clinic.yml", Whole.Replace(from, to, StringComparison.Ordinal));
        Reported().ShouldHaveSingleItem().ShouldStartWith(reported);
        _folder.Write("clinic.yml", Whole.Replace(from, to, StringComparison.Ordinal) + "sample: true\n");
        Reported().ShouldBeEmpty();
    }

    [Fact]
    public void a_medical_director_without_a_license_or_an_entry_is_reported()
    {
        _folder.Write("people.yml", "ann: {name: Ann Lee, credentials: MD}\n");
        Reported().ShouldHaveSingleItem().ShouldStartWith("people.yml: warning: ann:");
        _folder.Write("clinic.yml", Whole.Replace("medicalDirector: ann", "medicalDirector: anna", StringComparison.Ordinal));
        _folder.Read().Errors.ShouldHaveSingleItem().ToMessage().ShouldStartWith("clinic.yml:5: medicalDirector: people.yml has no person \"anna\"");
    }

    [Theory]
    [InlineData("ann", null)]
    [InlineData("anna", "clinic.yml:11: with: people.yml has no person \"anna\"")]
    public void whoever_makes_the_first_calls_is_in_the_list_of_people(string key, string? reported)
    {
        _folder.Write("clinic.yml", Whole + $"consultation: {{title: A first call, with: {key}}}\n");
        var read = _folder.Read();
        if (reported is null) read.Content!.Clinic.Consultation!.With!.Name.ShouldBe("Ann Lee");
        else read.Errors.ShouldHaveSingleItem().ToMessage().ShouldStartWith(reported);
    }

    [Fact]
    public void esketamine_needs_a_registration()
    {
        _folder.Write(
            "clinic.yml",
            Whole.Replace("registrations: [{name: REMS-certified for esketamine, number: \"77\"}]", "registrations: []", StringComparison.Ordinal)
        );
        Reported().ShouldBeEmpty();
        _folder.Write("services/spray.md", "---\ntitle: Esketamine nasal spray\nsummary: Short.\n---\nFine.\n");
        Reported()
            .ShouldContain(warning =>
                warning.StartsWith("clinic.yml: warning: registrations: none is listed, but a service offers esketamine", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void a_missing_notice_of_privacy_practices_or_heading_is_reported()
    {
        File.Delete(_folder.File("pages/practices.md"));
        Reported().ShouldHaveSingleItem().ShouldStartWith("clinic.yml: warning: privacy practices: the site has no Notice of Privacy Practices");
        _folder.Write(
            "pages/practices.md",
            "---\ntitle: Notice of Privacy Practices\nkind: privacy-practices\neffective: 2026-02-16\n---\nWe keep it private.\n"
        );
        Reported().ShouldHaveSingleItem().ShouldStartWith("pages/practices.md: warning: privacy practices: the notice lacks its required heading");
    }
}
