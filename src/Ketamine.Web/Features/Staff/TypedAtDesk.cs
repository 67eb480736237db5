namespace Ketamine.Web.Features.Staff;

/// <summary>Finds what a staff member typed in a form that can't be handled, so the page that says so can show it, ready to copy.</summary>
public static class TypedAtDesk
{
    private static readonly string[] Names = ["Form.Name", "Form.Phone", "Form.Email", "name", "email", "who", "note", "text", "message", "link", "why"];

    /// <summary>The texts in the form, in its order; null if there are none. Choices, times, and hidden fields are left out.</summary>
    public static string? In(IFormCollection? form)
    {
        if (form is null) return null;
        var texts = form
            .Where(field => Names.Contains(field.Key, StringComparer.OrdinalIgnoreCase)
                || field.Key.StartsWith(ShortTextsModel.FieldPrefix, StringComparison.Ordinal))
            .Select(field => field.Value.ToString()).Where(text => !string.IsNullOrWhiteSpace(text)).ToList();
        return texts.Count == 0 ? null : string.Join("\n\n", texts);
    }
}
