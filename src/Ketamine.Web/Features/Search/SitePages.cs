using System.Globalization;
using Ketamine.Content.Markdown;

namespace Ketamine.Web.Features.Search;

/// <summary>The pages that the site makes from clinic.yml, as search knows them: where the clinic is, when it is open, how to book.</summary>
internal static class SitePages
{
    public static IEnumerable<(string Title, string Summary, string Text, string Path)> Of(SiteContent content)
    {
        var (clinic, words) = (content.Clinic, new MarkdownStrings(content.Clinic.Locale));
        yield return (words["Contact"], words["Address, hours, phone and directions, and a form to write to us."], string.Join('\n', Contact(clinic)), "/contact");
        if (clinic.Consultation is { } call)
            yield return (call.Title, words["Choose a day and a time for a free call, and change or cancel it later."], "", "/consultation");
    }

    private static IEnumerable<string> Contact(Clinic clinic)
    {
        if (clinic.Address is { } address) yield return Line(address);
        foreach (var location in clinic.Locations)
            yield return location.Name + (location.Address is { } own ? ": " + Line(own) : "");
        if (clinic.Phone is { } phone) yield return phone.National;
        if (clinic.Email is { } email) yield return email.ToString();
        var culture = CultureInfo.GetCultureInfo(clinic.Locale);
        foreach (var hours in clinic.Hours)
            yield return string.Join(", ", hours.Days.Select(day => culture.DateTimeFormat.GetDayName((DayOfWeek)((int)day % 7))));
    }

    private static string Line(PostalAddress address) =>
        string.Join(", ", new[] { address.Street, address.City, address.Region, address.PostalCode }.Where(part => !string.IsNullOrEmpty(part)));
}
