using Ketamine.Content.Editing;
using Ketamine.Web.Ops;

namespace Ketamine.Web.Tests.Ops;

public sealed class NewClinicTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-new-").FullName;
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private string Folder => Path.Combine(_home, "juniper-house");

    private static readonly NewClinicOptions Nothing = new(null, null, null, null, null, null, null, null, null);

    [Fact]
    public void a_new_folder_passes_the_check_and_lacks_only_what_people_must_write()
    {
        NewCommand.Run(Folder, Nothing, null, _output, TimeProvider.System).ShouldBe(0);
        var report = CheckReport.Of(Folder, TimeProvider.System, ContentCards.Check);
        report.Errors.ShouldBe(0, string.Join('\n', report.Problems.Select(problem => problem.ToMessage())));
        report.Problems.Select(problem => problem.Key).Distinct().Order().ShouldBe(["reviewedBy", "to write"]);
        report.Reading.Content!.Clinic.ShouldSatisfyAllConditions(
            clinic => clinic.Name.ShouldBe("Juniper House"),
            clinic => clinic.Indexed.ShouldBeFalse(),
            clinic => clinic.Hours.Length.ShouldBe(2),
            clinic => clinic.Consultation.ShouldNotBeNull()
        );
        report.Reading.Content!.Articles.ShouldHaveSingleItem().Draft.ShouldBeTrue();
        report.Reading.Content!.Services.ShouldHaveSingleItem().Review.ShouldBeNull();

        ContentCheck.Run(Folder, _output, publish: true).ShouldBe(1);
        foreach (var (file, line, _) in Placeholders.In(Folder)) _output.ToString().ShouldContain($"{file}:{line}");
    }

    [Fact]
    public void answers_are_accepted_as_people_type_them_and_unreadable_ones_are_asked_again()
    {
        var answers = new StringReader("Cedar & \"Sage\"\nBoise, ID\nMountain\n208.555.0142 ext. 3\nwhenever\nMon-Fri 8-4\n1, 4\nhello@cedar.clinic\nno\n");
        NewCommand.Run(Folder, Nothing, answers, _output, TimeProvider.System).ShouldBe(0, _output.ToString());
        _output.ToString().ShouldContain("Use a form like Mon-Thu 9-5, Fri 9-1.");
        var report = CheckReport.Of(Folder, TimeProvider.System, null);
        report.Errors.ShouldBe(0, string.Join('\n', report.Problems.Select(problem => problem.ToMessage())));
        var clinic = report.Reading.Content!.Clinic;
        (clinic.Name, clinic.Address!.City, clinic.Address.Region, clinic.TimeZone.Id, clinic.Email!.ToString()).ShouldBe(
            ("Cedar & \"Sage\"", "Boise", "ID", "America/Denver", "hello@cedar.clinic")
        );
        (clinic.Phone!.E164, clinic.Phone.Extension).ShouldBe(("+12085550142", "3"));
        clinic.Consultation.ShouldBeNull();
        report.Reading.Content!.Services.Select(service => service.Slug.ToString()).ShouldBe(["iv-ketamine", "ketamine-for-pain"]);
    }

    [Fact]
    public void a_phone_number_and_an_email_address_in_each_others_place_are_asked_for_again()
    {
        var answers = new StringReader("Cedar\nBoise, ID\nMountain\nhello@cedar.clinic\n208.555.0142\nMon-Fri 8-4\n1\n208.555.0142\nNone\nno\n");
        NewCommand.Run(Folder, Nothing, answers, _output, TimeProvider.System).ShouldBe(0, _output.ToString());
        _output.ToString().ShouldContain("That is an email address; its question comes later. Use a form like (303) 555-0142, or none.");
        _output.ToString().ShouldContain("That is a phone number. Use an address like hello@example.com, or none.");
        var clinic = CheckReport.Of(Folder, TimeProvider.System, null).Reading.Content!.Clinic;
        (clinic.Phone!.E164, clinic.Email).ShouldBe(("+12085550142", null));

        using var output = new StringWriter();
        NewCommand.Run(Path.Combine(_home, "other"), Nothing with { Email = "208.555.0142" }, null, output, TimeProvider.System).ShouldBe(1);
        output.ToString().ShouldContain("That is a phone number.");
    }

    [Fact]
    public async Task a_folder_with_a_pipe_is_not_adopted_and_nothing_waits_for_it()
    {
        NewCommand.Run(Folder, Nothing, null, _output, TimeProvider.System).ShouldBe(0);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(Folder, "articles", "pipe.md")])) made.WaitForExit();
        var before = File.ReadAllText(Path.Combine(Folder, "clinic.yml"));
        var adopted = Task.Run(() => ContentAdopt.Run(Folder, Nothing with { Name = "Other" }, null, _output, TimeProvider.System));
        (await adopted.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(1); // a wait for the pipe would never end
        _output.ToString().ShouldContain(
            "articles/pipe.md: this is not a regular file → remove it; the site reads only regular files and links to them. Nothing was changed."
        );
        File.ReadAllText(Path.Combine(Folder, "clinic.yml")).ShouldBe(before);
        Placeholders.In(Folder).ShouldNotBeEmpty();
    }

    [Fact]
    public void every_service_that_can_be_chosen_passes_the_check()
    {
        NewCommand.Run(Folder, Nothing with { Services = "1,2,3,4" }, null, _output, TimeProvider.System).ShouldBe(0);
        var report = CheckReport.Of(Folder, TimeProvider.System, null);
        report.Problems.Where(problem => problem.Key is not ("reviewedBy" or "to write")).Select(problem => problem.ToMessage()).ShouldBeEmpty();
        report.Reading.Content!.Services.Length.ShouldBe(4);
    }

    [Fact]
    public void a_folder_that_is_not_empty_is_left_alone()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "note.txt"), "mine");
        NewCommand.Run(Folder, Nothing, null, _output, TimeProvider.System).ShouldBe(1);
        Directory.GetFiles(Folder).ShouldHaveSingleItem();
    }

    [Fact]
    public void a_renamed_copy_of_the_sample_is_refused_until_it_is_adopted()
    {
        var folder = new ClinicFolder(Folder)
            .Sample()
            .Replace("clinic.yml", "sample: true\n", "")
            .Replace("clinic.yml", "name: Cedar & Sage Ketamine Clinic", "name: Juniper House");
        var before = CheckReport.Of(Folder, TimeProvider.System, null);
        before
            .Problems.Where(problem => problem.Severity == DiagnosticSeverity.Error)
            .Select(problem => problem.Key)
            .Distinct()
            .ShouldBeSubsetOf(before.Problems.Select(problem => problem.Key));
        before.Errors.ShouldBeGreaterThan(5);
        foreach (var left in new[] { "clinic.yml", "people.yml", "reviews.yml", "pages/privacy.md" })
            before.Problems.ShouldContain(problem => problem.File == left && problem.Severity == DiagnosticSeverity.Error);

        folder.Replace("clinic.yml", "name: Juniper House", "name: Cedar & Sage Ketamine Clinic");
        ContentAdopt
            .Run(Folder, Nothing with { Name = "Juniper House", City = "Boise, ID" }, null, _output, TimeProvider.System)
            .ShouldBe(0, _output.ToString());
        var after = CheckReport.Of(Folder, TimeProvider.System, null);
        after.Errors.ShouldBe(
            0,
            string.Join('\n', after.Problems.Where(problem => problem.Severity == DiagnosticSeverity.Error).Select(problem => problem.ToMessage()))
        );
        var content = after.Reading.Content!;
        (content.Clinic.Name, content.Clinic.Sample, content.Clinic.Published, content.Reviews.Length, content.Redirects.Count).ShouldBe(
            ("Juniper House", false, false, 0, 0)
        );
        content.Articles.ShouldAllBe(article => article.Review == null);
        content.Clinic.Consultation.ShouldNotBeNull();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".md" or ".yml"))
        foreach (var name in new[] { "Cedar & Sage", "555-0142", "cedar-and-sage", "Larkspur" })
            File.ReadAllText(file).ShouldNotContain(name, customMessage: file);
    }
}
