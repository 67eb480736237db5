using System.CommandLine;
using Ketamine.Content.Editing;
using Ketamine.Content.Publishing;
using Microsoft.AspNetCore.DataProtection;

namespace Ketamine.Web.Ops;

/// <summary><c>content …</c>: commands for the clinic's folder. None of them needs the site or its database.</summary>
public static class ContentCommands
{
    /// <param name="folder">The folder that the site serves.</param>
    /// <param name="keys">Opens the site's keys, which protect preview links.</param>
    /// <param name="data">The site's data folder, which holds the published versions.</param>
    /// <param name="git">Whether to keep publications in git.</param>
    /// <param name="crisisList">The file that Leads:CrisisPhrases names; null for the built-in list.</param>
    public static Command Create(string folder, Func<IDataProtectionProvider> keys, string data, bool git, string? crisisList)
    {
        var path = new Option<string>("--path") { Description = "The clinic's folder.", DefaultValueFactory = _ => folder, Recursive = true };
        var where = new FolderArgument(path);
        return new Command("content", "Checks and maintains the clinic's folder.")
        {
            path,
            where.AddTo(Check(where, crisisList)),
            where.AddTo(Publish(where, data, git)),
            where.AddTo(History(where, data, git)),
            Adopt(),
            where.AddTo(Sign(where)),
            where.AddTo(Preview(where, keys)),
            where.AddTo(Claims(where)),
            where.AddTo(Cards(where)),
            where.AddTo(Import(where)),
        };
    }

    /// <summary>The clinic's folder, as the last argument of a command or as <c>--path</c>; people type it both ways.</summary>
    private sealed class FolderArgument(Option<string> path)
    {
        private readonly Argument<string?> _folder = new("folder")
        {
            Description = "The clinic's folder: the same as --path.", Arity = ArgumentArity.ZeroOrOne,
        };

        public Command AddTo(Command command)
        {
            command.Add(_folder);
            command.Validators.Add(given =>
            {
                if (given.GetValue(_folder) is { } folder && given.GetResult(path) is { Implicit: false } && given.GetValue(path) != folder)
                    given.AddError($"Name the clinic's folder once: {folder}, or --path {given.GetValue(path)}.");
            });
            return command;
        }

        /// <summary>The folder, and <paramref name="value"/>, an optional word before it: a clinic's folder in its place is the folder.</summary>
        public (string Folder, string? Value) Of(ParseResult line, string? value) =>
            value is not null && File.Exists(Path.Combine(value, "clinic.yml")) ? (value, null) : (Of(line), value);

        public string Of(ParseResult line) => line.GetValue(_folder) ?? line.GetValue(path)!;
    }

    private static Command Check(FolderArgument where, string? crisisList)
    {
        var format = PlainOption.OneOf("--format", "text, json, github (for Actions), or sarif (for editors and scanners).",
            ("text", CheckFormat.Text), ("json", CheckFormat.Json), ("github", CheckFormat.GitHub), ("sarif", CheckFormat.Sarif));
        var publish = new Option<bool>("--publish") { Description = "Also report what must not go public: unfinished text, the sample clinic." };
        var fix = new Option<bool>("--fix") { Description = "Show the safe corrections and make them if you agree." };
        var yes = new Option<bool>("--yes") { Description = "With --fix: make them without asking." };
        var command = new Command("check", "Lists every problem in the folder with its file and line. Exit code 1 if there are errors.") { format,
            publish, fix, yes };
        command.SetAction(line =>
        {
            var output = line.InvocationConfiguration.Output;
            if (line.GetValue(fix))
            {
                Func<bool>? agree = line.GetValue(yes) ? () => true : Console.IsInputRedirected ? null : () => Questions.YesNo("Write these?", fallback: true);
                ContentFixes.Run(where.Of(line), output, TimeProvider.System, agree, Paint.Wanted);
            }

            return ContentCheck.Run(where.Of(line), output, cards: ContentCards.Check,
                clinic: clinic => CrisisSigning.Check(clinic, crisisList), format: line.GetValue(format), publish: line.GetValue(publish),
                color: Paint.Wanted && line.GetValue(format) == CheckFormat.Text);
        });
        return command;
    }

    private static Command Publish(FolderArgument where, string data, bool git)
    {
        var why = new Option<string?>("--why") { Description = "What changed, in a few words. You are asked if you leave it out." };
        var who = new Option<string?>("--who") { Description = "Who is publishing. Default: git's user.name, or the machine's user name." };
        var keep = new Option<string[]>("--keep") { Description = "For a file in conflict: keep your folder's version." };
        var show = new Option<bool>("--show") { Description = "Show what would change, and publish nothing." };
        var back = new Option<string?>("--back") { Description = "Restore the previous version, or the one you name (see content history).",
            Arity = ArgumentArity.ZeroOrOne };
        var page = new Option<string?>("--page") { Description = "With --back: restore only this page, named by its address, slug, or file." };
        var command = new Command("publish", "Shows what changed, page by page, and makes the folder live right away; --back restores the previous version.")
        {
            why, who, keep, show, back, page,
        };
        command.SetAction((line, cancellation) => TryAsync(line.InvocationConfiguration.Output, async output =>
        {
            var (folder, version) = where.Of(line, line.GetValue(back));
            var publish = NewPublish(folder, data, git, output);
            var name = line.GetValue(who) is { Length: > 0 } given ? given : await Publisher.UserAsync(folder, cancellation);
            var order = new PublishOrder(name, line.GetValue(why) ?? "", Keep: line.GetValue(keep) ?? []);
            if (line.GetValue(page) is { } only)
                return line.GetResult(back) is not null ? await publish.RestoreAsync(order, only, version, cancellation)
                    : throw new IOException("--page goes with --back: content publish --back --page /blog/what-to-bring");
            return line.GetResult(back) is not null
                ? await publish.RollBackAsync(order, version, cancellation)
                : await publish.PublishAsync(order, () => Console.IsInputRedirected ? null
                    : Questions.Ask("Why? A few words, or press Enter", "", answer => answer, ""), line.GetValue(show), cancellation);
        }));
        return command;
    }

    private static Command History(FolderArgument where, string data, bool git)
    {
        var page = new Argument<string?>("page") { Description = "An address such as /blog/what-to-bring, a slug, or a file. Default: all pages.",
            Arity = ArgumentArity.ZeroOrOne };
        var version = new Option<string?>("--show") { Description = "Show what this version changed." };
        var command = new Command("history", "Lists what was published, when, by whom, and why, newest first.") { page, version };
        command.SetAction((line, cancellation) => TryAsync(line.InvocationConfiguration.Output, output =>
        {
            var (folder, only) = where.Of(line, line.GetValue(page));
            return NewPublish(folder, data, git, output).HistoryAsync(only, line.GetValue(version), cancellation);
        }));
        return command;
    }

    private static ContentPublish NewPublish(string folder, string data, bool git, TextWriter output) =>
        new(new Publisher(new LiveCopies(folder, data), TimeProvider.System, git), ContentCheck.Shown(folder), output, Paint.Wanted);

    // When git fails, its own message is all that an editor can act on.
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
        var folder = new Argument<string>("folder") { Description = "The copy, which is changed in place." };
        var (options, answers) = NewCommand.Answers();
        var defaults = new Option<bool>("--yes", "-y") { Description = "Don't ask; use the defaults for anything not given." };
        var command = new Command(
            "adopt",
            "Makes a copy of the sample, or of another clinic's folder, your own: removes signatures, people, reviews, old addresses, and names.")
        {
            folder,
            defaults,
        };
        foreach (var option in options) command.Options.Add(option);
        command.SetAction(line => ContentAdopt.Run(line.GetRequiredValue(folder), answers(line), line.GetValue(defaults) || Console.IsInputRedirected ? null
            : Console.In, line.InvocationConfiguration.Output, TimeProvider.System));
        return command;
    }

    private static Command Preview(FolderArgument where, Func<IDataProtectionProvider> keys)
    {
        var slug = new Argument<string>("slug") { Description = "The slug of the draft or scheduled text." };
        var days = PlainOption.Number("--days", "How many days the link works.", fallback: 7, least: 1, most: 90);
        var command = new Command("preview", "Prints a link that shows a text before it goes public.") { slug, days };
        command.SetAction(line =>
            ContentPreview.Run(where.Of(line), keys(), line.GetValue(slug)!, line.GetValue(days), TimeProvider.System,
                line.InvocationConfiguration.Output));
        return command;
    }

    private static Command Claims(FolderArgument where)
    {
        var file = new Argument<FileInfo>("file") { Description = "One sentence per line." };
        var command = new Command("claims", "Prints the verdict of claims.yml on each sentence (block, needs-citation, review, or none) and its rule.")
        {
            file.AcceptExistingOnly(),
        };
        command.SetAction(line => ContentClaims.Run(line.GetRequiredValue(file), where.Of(line), line.InvocationConfiguration.Output,
            line.InvocationConfiguration.Error));
        return command;
    }

    private static Command Cards(FolderArgument where)
    {
        var command = new Command("cards", "Draws missing and outdated social cards, the pictures that other sites show with a link.");
        command.SetAction((line, cancellation) => ContentCards.RunAsync(where.Of(line), line.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static Command Import(FolderArgument where)
    {
        var file = new Argument<string>("file") { Description = "A WordPress export (WXR), or an RSS feed saved as a file." };
        var author = new Option<string?>("--author") { Description = "A key of people.yml, for texts whose author isn't in it." };
        var pictures = new Option<string?>("--pictures")
        {
            Description = "A folder with the old site's pictures, such as wp-content/uploads. Pictures that the texts use are copied.",
        };
        var command = new Command("import", "Imports a blog from elsewhere as drafts. Overwrites and downloads nothing.") { file, author, pictures };
        command.SetAction(line =>
            ContentImport.Run(where.Of(line), line.GetValue(file)!, line.GetValue(author), line.GetValue(pictures), line.InvocationConfiguration.Output));
        return command;
    }

    private static Command Sign(FolderArgument where)
    {
        var file = new Argument<string>("file")
        {
            Description = "The reviewed slug or file: an article or service, or a page or list with marked sentences.",
        };
        var by = new Option<string>("--by") { Description = "Who reviewed it: a key of people.yml.", Required = true };
        var command = new Command(
            "sign",
            "Records a medical review in a text, or approves the marked sentences of a page or list. Any later change to the words voids it.")
        {
            file,
            by,
        };
        command.SetAction(line =>
            ContentSign.Run(where.Of(line), line.GetValue(file)!, line.GetValue(by)!, TimeProvider.System, line.InvocationConfiguration.Output));
        return command;
    }
}
