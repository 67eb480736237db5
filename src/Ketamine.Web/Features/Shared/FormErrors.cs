using Ketamine.Web.Data;

namespace Ketamine.Web.Features.Shared;

/// <summary>A form's errors, in the order of its fields: one sentence per field, shown in the summary and next to the field.</summary>
public sealed class FormErrors
{
    private readonly List<(string Field, string Sentence)> _errors = [];

    /// <summary>Empty if nothing is wrong.</summary>
    public IReadOnlyList<(string Field, string Sentence)> All => _errors;

    public bool Any => _errors.Count > 0;

    /// <summary>Adds an error; only the first one for each field counts.</summary>
    public void Add(string field, string sentence)
    {
        if (For(field) is null) _errors.Add((field, sentence));
    }

    /// <summary>Reports, next to the submit button, that the submission couldn't be saved.</summary>
    public void AddNotSaved(IStringLocalizer<SiteStrings> words, Clinic clinic, ILogger logger, Exception failure)
    {
        logger.LogError("A request can't be saved: {Cause}. The response has the filled-in form and the clinic's number", ClinicDatabase.Cause(failure));
        Add("send", clinic.Phone is { } phone
            ? words["We couldn’t save this just now. It’s not your fault. Send it again in a minute, or call {0}", phone.National]
            : words["We couldn’t save this just now. It’s not your fault. Send it again in a minute"]);
    }

    /// <summary>A field's error; null if there is none.</summary>
    public string? For(string field) => _errors.Find(error => error.Field == field).Sentence;

    /// <summary>Sorts the errors in the order of the form's fields, so the summary matches the page.</summary>
    public void InOrder(params ReadOnlySpan<string> fields)
    {
        var order = fields.ToArray();
        _errors.Sort((a, b) => Array.IndexOf(order, a.Field).CompareTo(Array.IndexOf(order, b.Field)));
    }
}
