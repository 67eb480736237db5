using Ketamine.Content;
using Ketamine.Web.Data;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Shared;

/// <summary>What is wrong with a form, in the order of its fields: one sentence a field, shown in the summary and at the field.</summary>
public sealed class FormErrors
{
    private readonly List<(string Field, string Sentence)> _errors = [];

    /// <summary>Empty until something is wrong.</summary>
    public IReadOnlyList<(string Field, string Sentence)> All => _errors;

    public bool Any => _errors.Count > 0;

    /// <summary>Tells a fault; the first one of a field stands.</summary>
    public void Add(string field, string sentence)
    {
        if (For(field) is null) _errors.Add((field, sentence));
    }

    /// <summary>
    /// Tells that what was sent could not be kept, at the button that sends it again.
    /// </summary>
    public void AddNotKept(IStringLocalizer<SiteStrings> words, Clinic clinic, ILogger logger, Exception failure)
    {
        logger.LogError("A request could not be kept: {Cause}. It was answered with the filled-in form and the clinic's number", ClinicDatabase.Cause(failure));
        Add("send", clinic.Phone is { } phone
            ? words["We couldn’t save this just now. It’s not your fault. Send it again in a minute, or call {0}", phone.National]
            : words["We couldn’t save this just now. It’s not your fault. Send it again in a minute"]);
    }

    /// <summary>The sentence at a field; null when it is right.</summary>
    public string? For(string field) => _errors.Find(error => error.Field == field).Sentence;

    /// <summary>Puts the faults in the order in which the form shows its fields, so that the summary reads as the page does.</summary>
    public void InOrder(params ReadOnlySpan<string> fields)
    {
        var order = fields.ToArray();
        _errors.Sort((a, b) => Array.IndexOf(order, a.Field).CompareTo(Array.IndexOf(order, b.Field)));
    }
}
