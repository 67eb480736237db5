using System.CommandLine;
using Ketamine.Content;
using Ketamine.Content.Editing;
using Ketamine.Content.Publishing;
using Microsoft.AspNetCore.DataProtection;

namespace Ketamine.Web.Ops;

/// <summary><c>content …</c>: commands for the clinic's folder, none of which needs the site or its database.</summary>
public static class ContentCommands
{
    /// <param name="folder">The folder that the site would serve.</param>
    /// <param name="keys">Opens the site's keys, which seal preview links.</param>
    /// <param name="data">The site's data folder, which holds what was published.</param>
    /// <param name="git">Whether publications are kept in git.</param>
    /// <param name="crisisList">The file of Leads:CrisisPhrases; null for the site's own.</param>
    public static Command Create(string folder, Func<IDataProtectionProvider> keys, string data, bool git, string? crisisList)
    {
        var path = new Option<string>("--path") { Description = "The clinic's folder.", DefaultValueFactory = _ => folder, Recursive = true };
        return new Command("content", "Checks and tends the clinic's folder.")
        {
            path,
            Check(path, crisisList),
            Publish(path, data, git),
            History(path, data, git),
            Adopt(),
            Sign(path),
            Preview(path, keys),
            Claims(path),
            Cards(path),
            Import(path),
        };
    }

    private static Command Check(Option<string> path, string? crisisList)
    {
        var format = new Option<CheckFormat>("--format") { Description = "text, json, github (for Actions) or sarif (for editors and scanners)." };
        var publish = new Option<bool>("--publish") { Description = "Refuse what must not be public: texts still to be written, a sample." };
        var fix = new Option<bool>("--fix") { Description = "Show the corrections that are certain, and make them once you agree." };
        var yes = new Option<bool>("--yes") { Description = "With --fix: make them without asking." };
        var command = new Command("check", "Says everything that is wrong with the folder, with file and line; exit code 1 when there are errors.") { format,
            publish, fix, yes };
        command.SetAction(line =>
        {
            var output = line.InvocationConfiguration.Output;
            if (line.GetValue(fix))
            {
                Func<bool>? agree = line.GetValue(yes) ? () => true : Console.IsInputRedirected ? null : () => Questions.YesNo("Write these?", fallback: true);
                ContentFixes.Run(line.GetValue(path)!, output, TimeProvider.System, agree, Paint.Wanted);
            }

            return ContentCheck.Run(line.GetValue(path)!, output, cards: ContentCards.Check,
                clinic: clinic => CrisisSigning.Check(clinic, crisisList), format: line.GetValue(format), publish: line.GetValue(publish),
                color: Paint.Wanted && line.GetValue(format) == CheckFormat.Text);
        });
        return command;
    }

    private static Command Publish(Option<string> path, string data, bool git)
    {
        var why = new Option<string?>("--why") { Description = "What changed, in a few words; asked for where it is left out." };
        var who = new Option<string?>("--who") { Description = "Who publishes; git's user.name, or the machine's, where it is left out." };
        var keep = new Option<string[]>("--keep") { Description = "A file in conflict that is right as it is in your folder." };
        var show = new Option<bool>("--show") { Description = "Show what would change, and publish nothing." };
        var back = new Option<string?>("--back") { Description = "Bring back what was live before, or the version that is named (see content history).",
            Arity = ArgumentArity.ZeroOrOne };
        var page = new Option<string?>("--page") { Description = "With --back: this page alone, by its address, slug or file; all others stay." };
        var command = new Command("publish", "Shows what changed, page by page, and makes the folder live at once; --back brings back what was live before.")
        {
            why, who, keep, show, back, page,
        };
        command.SetAction((line, cancellation) => TryAsync(line.InvocationConfiguration.Output, async output =>
        {
            var folder = line.GetValue(path)!;
            var publish = NewPublish(folder, data, git, output);
            var name = line.GetValue(who) is { Length: > 0 } given ? given : await Publisher.UserAsync(folder, cancellation);
            var order = new PublishOrder(name, line.GetValue(why) ?? "", Keep: line.GetValue(keep) ?? []);
            if (line.GetValue(page) is { } only)
                return line.GetResult(back) is not null ? await publish.RestoreAsync(order, only, line.GetValue(back), cancellation)
                    : throw new IOException("--page goes with --back: content publish --back --page /blog/what-to-bring");
            return line.GetResult(back) is not null
                ? await publish.BackAsync(order, line.GetValue(back), cancellation)
                : await publish.PublishAsync(order, () => Console.IsInputRedirected ? null
                    : Questions.Ask("Why? A few words; nothing stops here", "", answer => answer, ""), line.GetValue(show), cancellation);
        }));
        return command;
    }

    private static Command History(Option<string> path, string data, bool git)
    {
        var page = new Argument<string?>("page") { Description = "An address such as /blog/what-to-bring, a slug or a file; all pages where it is left out.",
            Arity = ArgumentArity.ZeroOrOne };
        var version = new Option<string?>("--show") { Description = "Show what this version changed." };
        var command = new Command("history", "Lists what was published, when, by whom and why, newest first.") { page, version };
        command.SetAction((line, cancellation) => TryAsync(line.InvocationConfiguration.Output, output =>
            NewPublish(line.GetValue(path)!, data, git, output).HistoryAsync(line.GetValue(page), line.GetValue(version), cancellation)));
        return command;
    }

    private static ContentPublish NewPublish(string folder, string data, bool git, TextWriter output) =>
        new(new Publisher(new LiveCopies(folder, data), TimeProvider.System, git), ContentCheck.Shown(folder), output, Paint.Wanted);

    // git's own words, where it fails, are all that an editor can act on.
    private static async Task<int> TryAsync(TextWriter output, Func<TextWriter, Task<int>> run)
    {
        try
        {
            return await run(output);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"{failed.Message}\nNothing was published.");
            return 1;
        }
    }

    private static Command Adopt()
    {
        var folder = new Argument<string>("folder") { Description = "The copy; it is changed in place." };
        var (options, answers) = NewCommand.Answers();
        var defaults = new Option<bool>("--yes", "-y") { Description = "Ask nothing: take the defaults for what is not given." };
        var command = new Command(
            "adopt",
            "Makes a copy of the sample, or of another clinic's folder, your own: takes out signatures, people, reviews, old addresses and names."
        )
        {
            folder,
            defaults,
        };
        foreach (var option in options) command.Options.Add(option);
        command.SetAction(line => ContentAdopt.Run(line.GetRequiredValue(folder), answers(line), line.GetValue(defaults) || Console.IsInputRedirected ? null
            : Console.In, line.InvocationConfiguration.Output, TimeProvider.System));
        return command;
    }

    private static Command Preview(Option<string> path, Func<IDataProtectionProvider> keys)
    {
        var slug = new Argument<string>("slug") { Description = "Of the draft or scheduled text." };
        var days = new Option<int>("--days") { Description = "How long the link holds.", DefaultValueFactory = _ => 7 };
        var command = new Command("preview", "Prints a link that shows a text before it is public.") { slug, days };
        command.SetAction(line =>
            ContentPreview.Run(line.GetValue(path)!, keys(), line.GetValue(slug)!, line.GetValue(days), TimeProvider.System,
                line.InvocationConfiguration.Output));
        return command;
    }

    private static Command Claims(Option<string> path)
    {
        var file = new Argument<FileInfo>("file") { Description = "One sentence a line." };
        var command = new Command("claims", "Prints what the folder's claims.yml says of each sentence: block, needs-citation, review or none, and the rule.")
        {
            file.AcceptExistingOnly(),
        };
        command.SetAction(line => ContentClaims.Run(line.GetRequiredValue(file), line.GetValue(path)!, line.InvocationConfiguration.Output,
            line.InvocationConfiguration.Error));
        return command;
    }

    private static Command Cards(Option<string> path)
    {
        var command = new Command("cards", "Draws the pictures that others show of a link to an article, where they are missing or stale.");
        command.SetAction((line, cancellation) => ContentCards.RunAsync(line.GetValue(path)!, line.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static Command Import(Option<string> path)
    {
        var file = new Argument<string>("file") { Description = "A WordPress export (WXR), or an RSS feed saved as a file." };
        var author = new Option<string?>("--author") { Description = "A key of people.yml, for texts whose own author is not in it." };
        var pictures = new Option<string?>("--pictures")
        {
            Description = "A folder with the old site's pictures, as wp-content/uploads: those that the texts show are copied.",
        };
        var command = new Command("import", "Brings in a blog from elsewhere, as drafts; overwrites nothing and fetches nothing.") { file, author, pictures };
        command.SetAction(line =>
            ContentImport.Run(line.GetValue(path)!, line.GetValue(file)!, line.GetValue(author), line.GetValue(pictures), line.InvocationConfiguration.Output));
        return command;
    }

    private static Command Sign(Option<string> path)
    {
        var file = new Argument<string>("file")
        {
            Description = "The slug or file that was reviewed: an article or service, or a page or list with marked sentences.",
        };
        var by = new Option<string>("--by") { Description = "Who reviewed it: a key of people.yml.", Required = true };
        var command = new Command(
            "sign",
            "Writes a medical review into a text, or which marked sentences of a page or list may stand; any later change of the words unsigns them."
        )
        {
            file,
            by,
        };
        command.SetAction(line =>
            ContentSign.Run(line.GetValue(path)!, line.GetValue(file)!, line.GetValue(by)!, TimeProvider.System, line.InvocationConfiguration.Output));
        return command;
    }
}
