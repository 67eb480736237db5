using System.CommandLine;

namespace Ketamine.Web.Ops;

/// <summary><c>content …</c>: commands for the clinic's folder, none of which needs the site or its database.</summary>
public static class ContentCommands
{
    /// <param name="folder">The folder that the site would serve.</param>
    public static Command Create(string folder)
    {
        var path = new Option<string>("--path") { Description = "The clinic's folder.", DefaultValueFactory = _ => folder, Recursive = true };
        return new Command("content", "Checks and tends the clinic's folder.") { path, Check(path), Sign(path) };
    }

    private static Command Check(Option<string> path)
    {
        var command = new Command("check", "Says everything that is wrong with the folder, with file and line; exit code 1 when there are errors.");
        command.SetAction(line => ContentCheck.Run(line.GetValue(path)!, line.InvocationConfiguration.Output));
        return command;
    }

    private static Command Sign(Option<string> path)
    {
        var article = new Argument<string>("article") { Description = "The slug or file of the article or service that was reviewed." };
        var by = new Option<string>("--by") { Description = "Who reviewed it: a key of people.yml.", Required = true };
        var command = new Command("sign", "Writes a medical review into a text; any later change of its words unsigns it.") { article, by };
        command.SetAction(line =>
            ContentSign.Run(line.GetValue(path)!, line.GetValue(article)!, line.GetValue(by)!, TimeProvider.System, line.InvocationConfiguration.Output));
        return command;
    }
}
