namespace Ketamine.Web.Leads;

/// <summary>Offers the clinic's phone to people who get its emails.</summary>
public static class PhoneWords
{
    /// <summary>
    /// The clinic's phone, with the hours when someone answers it, because mail is also read at night. Null if the clinic has no phone.
    /// </summary>
    public static string? RatherTalk(this IStringLocalizer<SiteStrings> words, Clinic clinic)
    {
        if (clinic.Phone is not { } phone) return null;
        var hours = DateFormat.InOneLine(clinic.Hours, CultureInfo.CurrentCulture, words);
        return hours.Length > 0 ? words["If you’d rather talk, call {0} during our hours ({1}).", phone.National, hours]
            : words["If you’d rather talk, call {0}.", phone.National];
    }
}
