using System.CommandLine;
using Ketamine.Web.Content.Claims;
using YamlDotNet.RepresentationModel;

namespace Ketamine.Web.Ops;

/// <summary><c>content …</c>: commands for the clinic's folder, none of which needs the site or its database.</summary>
public static class ContentCommands
{
    /// <param name="folder">The folder that the site would serve.</param>
    public static Command Create(string folder)
    {
        var path = new Option<string>("--path") { Description = "The clinic's folder.", DefaultValueFactory = _ => folder, Recursive = true };
        return new Command("content", "Checks and tends the clinic's folder.") { path, Check(path), Sign(path), Claims(path) };
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

    private static Command Claims(Option<string> path)
    {
        var file = new Argument<FileInfo>("file") { Description = "One sentence a line." };
        var command = new Command("claims", "Prints, for each sentence, what the folder's claims.yml says of it and by which rule.") { file.AcceptExistingOnly() };
        command.SetAction(line =>
        {
            var console = line.InvocationConfiguration;
            var rules = Path.Combine(line.GetValue(path)!, "claims.yml");
            if (!File.Exists(rules))
            {
                console.Error.WriteLine($"{rules} is not there: a folder without it has no claims gate.");
                return 1;
            }

            var yaml = new YamlStream();
            using (var text = File.OpenText(rules)) yaml.Load(text);
            var good = true;
            var read = ClaimRules.Read(yaml.Documents[0].RootNode, (at, key, found, wanted) =>
            {
                good = false;
                console.Error.WriteLine($"{rules}:{at}: {key}: found {found}; wanted {wanted}");
            });
            if (!good) return 1;
            using var sentences = line.GetRequiredValue(file).OpenText();
            return ContentClaims.Run(sentences, read, console.Output);
        });
        return command;
    }
}
