using Ketamine.Content.Editing;
using Ketamine.Content.Publishing;
using Ketamine.Web.Audit;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Edits short texts in the browser: hours, holidays, banner, questions, reviews, people. For editors.</summary>
[StaffAccess(StaffRole.Editor)]
public sealed class ShortTextsModel(DeskContext desk, ShortTexts texts, LiveCopies copies, ContentWatcher watcher, AuditLog audit) : DeskPage(desk)
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 8000;

    /// <summary>The entry to change, as <see cref="ShortTextEntry.Id"/>; null lists all.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Of { get; set; }

    /// <summary>The entry just saved.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Saved { get; set; }

    /// <summary>Identifies the version of the entry that the form showed.</summary>
    [BindProperty]
    public string? Token { get; set; }

    /// <summary>Checks the texts without saving them.</summary>
    [BindProperty]
    public bool Check { get; set; }

    public IReadOnlyList<ShortTextGroup> Groups { get; private set; } = [];
    public ShortTextEntry? Entry { get; private set; }
    public ImmutableArray<Diagnostic> Problems { get; private set; } = [];

    /// <summary>Why nothing was saved; null before the first attempt, and after a success.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether the check found nothing that would prevent saving.</summary>
    public bool IsFine { get; private set; }

    /// <summary>The texts as a colleague changed them in the meantime; null if no one did.</summary>
    public ShortTextEntry? Theirs { get; private set; }

    /// <summary>Whether visitors see a published copy instead of the folder.</summary>
    public bool HasPublished => copies.Current is not null;

    /// <summary>The texts as typed, by key.</summary>
    public IReadOnlyDictionary<string, string> Typed { get; private set; } = new Dictionary<string, string>();

    /// <summary>The beginning of every text's field name.</summary>
    internal const string FieldPrefix = "t-";

    /// <summary>The id of a text's form field.</summary>
    public static string Field(string key) => FieldPrefix + key.Replace('/', '-');

    public string Value(ShortText text) => Typed.GetValueOrDefault(text.Key) ?? text.Value;

    public IActionResult OnGet()
    {
        if (Open()) return Page();
        if (!string.IsNullOrEmpty(Of)) return NotFound();
        Groups = texts.All();
        return Page();
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken cancellation) =>
        Open() ? await AnswerAsync(await texts.RemoveAsync(Of!, Token ?? "", cancellation), cancellation) : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!Open()) return NotFound();
        var form = await Request.ReadFormAsync(cancellation);
        Typed = Entry!.Texts.Where(text => form.ContainsKey(Field(text.Key))).ToDictionary(text => text.Key, text => text.Lines == 0
            ? TypedText.OneLine(form[Field(text.Key)]).Trim() : TypedText.Lines(form[Field(text.Key)])?.Trim() ?? "");
        foreach (var text in Entry.Texts.Where(text => Typed.ContainsKey(text.Key)))
        {
            if (text.Required && Typed[text.Key].Length == 0) Errors.Add(Field(text.Key), $"“{text.Label}” can’t be empty");
            if (Typed[text.Key].Length > MaxLength) Errors.Add(Field(text.Key), $"Shorten “{text.Label}” to {MaxLength} characters");
        }

        if (Errors.Any) return Again(StatusCodes.Status422UnprocessableEntity);
        try
        {
            return await AnswerAsync(await texts.SaveAsync(Of!, Token ?? "", Typed, save: !Check, cancellation), cancellation);
        }
        catch (FormatException wrong)
        {
            Errors.Add(Field("holidays"), wrong.Message);
            return Again(StatusCodes.Status422UnprocessableEntity);
        }
    }

    private async Task<IActionResult> AnswerAsync(ShortTextResult result, CancellationToken cancellation)
    {
        Problems = result.Problems;
        switch (result.State)
        {
            case ShortTextState.Saved:
                if (!HasPublished) await watcher.RefreshAsync(cancellation);
                await audit.WriteAsync(Me.Name, "content-changed", Entry!.File, null, cancellation);
                return new SeeOther($"/staff/content/texts?saved={Uri.EscapeDataString(Entry.Id)}");
            case ShortTextState.Fine:
                IsFine = true;
                return Page();
            case ShortTextState.Refused:
                foreach (var problem in Problems.Where(problem => problem.Severity is DiagnosticSeverity.Error && problem.File == Entry!.File))
                    if (Entry!.Texts.FirstOrDefault(text => problem.Key.EndsWith(text.Key.Split('/')[^1], StringComparison.Ordinal)) is { } text)
                        Errors.Add(Field(text.Key), Sentence(problem));
                Refusal = "Nothing was saved, because the site couldn’t show it.";
                return Again(StatusCodes.Status422UnprocessableEntity);
            case ShortTextState.Conflict:
                Theirs = result.Now;
                Refusal = Theirs is null ? "Someone deleted this since you opened it. Nothing was saved; what you typed is below."
                    : "Someone changed this since you opened it. Nothing was saved. What you typed is below, with the folder’s text under each field.";
                return Again(StatusCodes.Status409Conflict);
            default:
                Refusal = $"This page can’t change {Entry!.File}, because of the way it is written. Edit the file by hand; what you typed is below.";
                return Again(StatusCodes.Status409Conflict);
        }
    }

    // Says what is wrong and what to write instead, without the key and quotation marks, which don't belong in the field.
    private static string Sentence(Diagnostic problem)
    {
        var key = problem.Key.Split('.')[^1] + ": ";
        var wanted = problem.Wanted.StartsWith(key, StringComparison.Ordinal) ? $"Write, for example: {problem.Wanted[key.Length..].Trim('"')}"
            : char.ToUpperInvariant(problem.Wanted[0]) + problem.Wanted[1..];
        return $"{char.ToUpperInvariant(problem.Found[0])}{problem.Found[1..]}. {wanted}";
    }

    private bool Open()
    {
        Entry = Of is { Length: > 0 and <= 200 } ? texts.Find(Of) : null;
        (Title, Place) = (Entry?.Title ?? "Short texts", "/staff/content");
        return Entry is not null;
    }

    private PageResult Again(int status) => new() { StatusCode = status };
}
