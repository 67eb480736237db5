using Ketamine.Content.Editing;

namespace Ketamine.Content.Publishing;

/// <summary>
/// The short texts of a content folder that can be edited in the browser: the clinic's facts, questions, reviews, and people. A change is checked
/// together with the whole folder before it is written, and changes nothing else in its file.
/// </summary>
/// <param name="copies">The folder and its published copies.</param>
public sealed class ShortTexts(LiveCopies copies, TimeProvider clock) : IDisposable
{
    private const string Clinic = "clinic.yml", People = "people.yml", Faqs = "faqs.yml", Reviews = "reviews.yml";

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Everything that can be edited, in the order of the files.</summary>
    public IReadOnlyList<ShortTextGroup> All()
    {
        var groups = new List<ShortTextGroup>();
        if (Find(Clinic) is { } clinic) groups.Add(new ShortTextGroup("The clinic", [clinic]));
        var faqs = (Root(Faqs) as YamlList)?.Items ?? [];
        foreach (var (index, group) in faqs.Index())
        {
            var questions = (YamlEdit.Find(group, ["questions"]) as YamlList)?.Items.Length ?? 0;
            groups.Add(new ShortTextGroup($"Questions: {Text(group, "group")}",
                [.. Enumerable.Range(0, questions).Select(number => Find($"{Faqs}/{index}/questions/{number}")).OfType<ShortTextEntry>()],
                $"{Faqs}/{index}/questions/new"));
        }

        var reviews = (Root(Reviews) as YamlList)?.Items.Length ?? 0;
        groups.Add(new ShortTextGroup("Reviews", [.. Enumerable.Range(0, reviews).Select(number => Find($"{Reviews}/{number}")).OfType<ShortTextEntry>()],
            $"{Reviews}/new"));
        if (Root(People) is YamlMap people)
            groups.Add(new ShortTextGroup("People", [.. people.Entries.Select(person => Find($"{People}/{person.Key}")).OfType<ShortTextEntry>()]));
        return groups;
    }

    /// <summary>An entry with its current texts in the folder; null if there is no such entry.</summary>
    public ShortTextEntry? Find(string id)
    {
        var (file, path) = (id.Split('/')[0], id.Split('/').Skip(1).ToImmutableArray());
        var root = Root(file);
        var isNew = path is [.., "new"];
        var entry = isNew ? new YamlMap(0, []) : YamlEdit.Find(root, path) as YamlMap;
        if (entry is null) return null;
        return (file, path) switch
        {
            (Clinic, []) => new ShortTextEntry(id, "Phone, hours, holidays, and banner", ClinicTexts(entry)),
            (People, [_]) when !isNew => new ShortTextEntry(id, Text(entry, "name"), PersonTexts(entry)),
            (Faqs, [_, "questions", _]) when YamlEdit.Find(root, path[..2]) is YamlList =>
                new ShortTextEntry(id, isNew ? "A new question" : Text(entry, "question"), QuestionTexts(entry), !isNew),
            (Reviews, [_]) => new ShortTextEntry(id, isNew ? "A new review" : $"{Text(entry, "by")}, {Text(entry, "date")}", ReviewTexts(entry), !isNew),
            _ => null,
        };
    }

    /// <summary>Checks changed texts together with the whole folder, and writes them unless they cause a new error.</summary>
    /// <param name="seen">The token of the entry that the editor saw.</param>
    /// <param name="values">By key; texts without a value don't change.</param>
    /// <param name="save">False to only check.</param>
    public Task<ShortTextResult> SaveAsync(
        string id, string seen, IReadOnlyDictionary<string, string> values, bool save, CancellationToken cancellation) =>
        ChangeAsync(id, seen, save, (source, entry) => Changed(source, entry, values), cancellation);

    /// <summary>Removes an entry.</summary>
    /// <param name="seen">As in <see cref="SaveAsync"/>.</param>
    public Task<ShortTextResult> RemoveAsync(string id, string seen, CancellationToken cancellation) =>
        ChangeAsync(id, seen, save: true, (source, entry) => entry.CanBeDeleted ? YamlEdit.Remove(source, RemovedWith(entry)) : null, cancellation);

    // A group without questions is an error, so removing the last question removes the group.
    private ImmutableArray<string> RemovedWith(ShortTextEntry entry) =>
        entry.KeyPath is [var group, "questions", _] && YamlEdit.Find(Root(Faqs), [group, "questions"]) is YamlList { Items.Length: 1 }
            ? [group]
            : entry.KeyPath;

    public void Dispose() => _turn.Dispose();

    private async Task<ShortTextResult> ChangeAsync(
        string id, string seen, bool save, Func<string, ShortTextEntry, string?> change, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        var scratch = copies.NewScratch();
        try
        {
            var entry = Find(id);
            if (entry?.Token != seen) return new ShortTextResult(ShortTextState.Conflict, [], entry);
            if (change(Source(entry!.File), entry) is not { } now) return new ShortTextResult(ShortTextState.ByHand, [], entry);
            FolderCopy.Copy(copies.Folder, scratch);
            var folder = new ContentFolder(scratch, clock);
            var before = CheckReport.Of(scratch, folder.Read(cancellation), clock, cards: null).Problems.Select(Said).ToHashSet(StringComparer.Ordinal);
            WholeFile.Write(Path.Combine(scratch, entry.File), now);
            var report = CheckReport.Of(scratch, folder.Read(cancellation), clock, cards: null);
            ImmutableArray<Diagnostic> problems =
            [
                .. report.Problems.Where(problem => problem.File == entry.File || IsNew(problem)).OrderByDescending(problem => problem.Severity),
            ];
            if (problems.Any(IsNew)) return new ShortTextResult(ShortTextState.Refused, problems, entry);
            if (save) WholeFile.Write(Path.Combine(copies.Folder, entry.File), now);
            return new ShortTextResult(save ? ShortTextState.Saved : ShortTextState.Fine, problems, entry);

            bool IsNew(Diagnostic problem) => problem.Severity == DiagnosticSeverity.Error && problem.Key != "to write" && !before.Contains(Said(problem));
        }
        finally
        {
            _turn.Release();
            Directory.Delete(scratch, recursive: true);
        }

        static string Said(Diagnostic problem) => $"{problem.File}\0{problem.Key}\0{problem.Found}";
    }

    // Null if only a person can edit it.
    private static string? Changed(string source, ShortTextEntry entry, IReadOnlyDictionary<string, string> values)
    {
        var changed = entry.Texts.Where(text => values.TryGetValue(text.Key, out var value) && value != text.Value)
            .Select(text => (text.Key, Value: values[text.Key])).ToList();
        if (entry.IsNew) return YamlEdit.Add(source, entry.KeyPath[..^1], [.. changed.Where(text => text.Value.Length > 0)]);
        foreach (var (key, value) in changed)
        {
            var now = key == "holidays" ? YamlEdit.SetList(source, key, HolidayLines.Read(value)) : Set(source, key, value);
            if (now is null) return null;
            source = now;
        }

        return source;

        string? Set(string text, string key, string value)
        {
            ImmutableArray<string> path = [.. entry.KeyPath, .. key.Split('/')];
            if (key.Split('/') is not [var map, var inner]) return YamlEdit.Set(text, path, value);
            // Without text there is no banner. A new banner begins with its first text.
            if (inner == "text" && value.Length == 0) return YamlEdit.Set(text, path[..^1], "");
            if (YamlEdit.Find(Yaml.Read(text, new Diagnostics(entry.File)), path[..^1]) is not null) return YamlEdit.Set(text, path, value);
            return value.Length == 0 ? text : YamlEdit.Begin(text, map, inner, value);
        }
    }

    private static ImmutableArray<ShortText> ClinicTexts(YamlMap clinic) =>
    [
        new("phone", "Phone", Text(clinic, "phone"), "For example: (303) 555-0142"),
        new("email", "Email", Text(clinic, "email")),
        new("tagline", "Tagline", Text(clinic, "tagline")),
        new("description", "Description for search engines", Text(clinic, "description"), Lines: 3),
        new("hours", "Hours", HolidayLines.Hours(YamlEdit.Find(clinic, ["hours"])), "For example: Mon-Thu 9-5, Fri 9-1"),
        new("holidays", "Holidays", HolidayLines.Write(YamlEdit.Find(clinic, ["holidays"])),
            "One per line: 2026-12-25 closed, Christmas. With other hours: 2026-12-24 9:00-12:00. Several days: 2026-12-28 to 2027-01-01 closed",
            Lines: 5),
        new("notice/text", "Banner above every page", Text(clinic, "notice", "text"), "Leave empty for none. Write links [like this](/contact).", Lines: 3),
        new("notice/from", "Banner from", Text(clinic, "notice", "from"), "A date, such as 2026-12-20. Leave empty to start right away."),
        new("notice/until", "Banner’s last day", Text(clinic, "notice", "until"), "A date, such as 2026-12-26. Leave empty to keep it until you remove it."),
    ];

    private static ImmutableArray<ShortText> PersonTexts(YamlMap person) =>
    [
        new("name", "Name", Text(person, "name"), Required: true), new("role", "Role", Text(person, "role")),
        new("credentials", "Credentials", Text(person, "credentials"), "For example: MD, board-certified in anesthesiology"),
        new("bio", "About them", Text(person, "bio"), Lines: 8),
    ];

    private static ImmutableArray<ShortText> QuestionTexts(YamlMap question) =>
    [
        new("question", "Question", Text(question, "question"), Required: true),
        new("answer", "Answer", Text(question, "answer"), "Write links [like this](/contact).", Lines: 8, Required: true),
    ];

    private static ImmutableArray<ShortText> ReviewTexts(YamlMap review) =>
    [
        new("text", "What they said", Text(review, "text"), Lines: 6, Required: true),
        new("by", "Signed", Text(review, "by"), "As they want to be named: A. R., Denver", Required: true),
        new("date", "When they said it", Text(review, "date"), "A date, such as 2026-03-14.", Required: true),
        new("consent", "When they agreed to publish it", Text(review, "consent"), "A date. A review can’t be shown without consent.",
            Required: true),
        new("source", "Where it was said", Text(review, "source")), new("href", "Address of the original", Text(review, "href")),
    ];

    private static string Text(YamlValue? value, params string[] path) =>
        YamlEdit.Find(value, path) is YamlText { Nothing: false } text ? text.Text.Trim() : "";

    private YamlValue? Root(string file) => file is Clinic or People or Faqs or Reviews ? Yaml.Read(Source(file), new Diagnostics(file)) : null;

    private string Source(string file)
    {
        var path = Path.Combine(copies.Folder, file);
        return RegularFile.Exists(path) ? SourceText.Decode(File.ReadAllBytes(path), new Diagnostics(file)) ?? "" : "";
    }
}
