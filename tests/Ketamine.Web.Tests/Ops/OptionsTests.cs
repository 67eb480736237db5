using System.CommandLine;
using Ketamine.Web.Ops;
using Microsoft.Extensions.Configuration;

namespace Ketamine.Web.Tests.Ops;

/// <summary>How the command line answers values that it can't read.</summary>
public sealed class OptionsTests
{
    private static readonly RootCommand Root = Commands.Tree(new ConfigurationBuilder().Build(), new OpsSite(() => throw new InvalidOperationException()));

    [Fact]
    public void no_option_answers_nonsense_with_the_name_of_a_net_type()
    {
        var seen = 0;
        foreach (var (command, line) in All(Root, []))
            foreach (var option in command.Options.Where(option => option.ValueType != typeof(string) && option.Name is not ("--help" or "--version")))
            {
                var errors = Root.Parse([.. line, $"{option.Name}=nonsense"]).Errors.Select(error => error.Message).ToList();
                foreach (var said in errors) new[] { "System.", "Ketamine." }.ShouldNotContain(type => said.Contains(type), said);
                if (!option.ValueType.IsEnum && option.ValueType != typeof(int)) continue;
                errors.ShouldContain(said => said.StartsWith($"\"nonsense\" isn't a value for {option.Name}") && said.Contains(" Use "), option.Name);
                seen++;
            }

        seen.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Theory]
    [InlineData("content check --format xml", "\"xml\" isn't a value for --format. Use text, json, github, or sarif.")]
    [InlineData("content check --format jsno", "\"jsno\" isn't a value for --format; did you mean json? Use text, json, github, or sarif.")]
    [InlineData("ops staff add Dana dana@example.com --role boss", "\"boss\" isn't a value for --role. Use front-desk, editor, or owner.")]
    [InlineData("ops leads taken-over KQ7M-4XDP --by nurse", "\"nurse\" isn't a value for --by. Use clinician, 911, or no-risk.")]
    [InlineData("edit content --port many", "\"many\" isn't a value for --port. Use a whole number from 1 to 65535.")]
    [InlineData("content check one --path two", "Name the clinic's folder once: one, or --path two.")]
    public void a_value_that_can_not_be_read_is_answered_with_those_that_can(string line, string said) =>
        Root.Parse(line.Split(' ')).Errors.ShouldHaveSingleItem().Message.ShouldBe(said);

    [Theory]
    [InlineData("ops staff add Dana dana@example.com --role FrontDesk")]
    [InlineData("ops staff add Dana dana@example.com --role OWNER")]
    [InlineData("content check one --format GitHub")]
    [InlineData("content publish one --show")]
    [InlineData("content history one")]
    [InlineData("content sign first-article one --by ada")]
    [InlineData("content preview first-article one")]
    [InlineData("content import export.xml one")]
    [InlineData("content cards one")]
    public void options_are_read_in_any_case_and_content_commands_take_the_folder_as_typed(string line) =>
        Root.Parse(line.Split(' ')).Errors.ShouldBeEmpty();

    [Fact]
    public async Task a_command_that_can_not_read_or_write_a_file_or_the_database_ends_with_code_1()
    {
        foreach (var failure in new Exception[] { new UnauthorizedAccessException(), new FileNotFoundException(), new TimeoutException() })
            (await new OpsSite(() => throw failure).RunWithSettingsAsync(_ => Task.FromResult(0))).ShouldBe(1);
    }

    private static IEnumerable<(Command Command, string[] Line)> All(Command command, string[] line)
    {
        yield return (command, line);
        foreach (var inner in command.Subcommands)
            foreach (var one in All(inner, [.. line, inner.Name])) yield return one;
    }
}
