namespace Ketamine.Web.Features.Search;

/// <summary>The searchable text of pages that the site builds from clinic.yml: locations, hours, costs, booking, the lists of services and studies.</summary>
internal static class SitePages
{
    public static IEnumerable<(string Title, string Summary, string Text, string Path)> Of(SiteContent content)
    {
        var (clinic, words) = (content.Clinic, new MarkdownStrings(content.Clinic.Locale));
        yield return (words["Contact"],
            words["Address, hours, phone, directions, and a form for writing to us."],
            string.Join('\n', Contact(clinic)),
            "/contact");
        if (clinic.HasCostPage && content.Pages.All(page => page.Path != SitePath.Cost))
            yield return (words["Cost and insurance"],
                words["What treatment costs, which insurance plans we work with, and how you can pay."],
                string.Join('\n', Cost(clinic)),
                SitePath.Cost);
        if (content.Services.Any(service => !service.Draft))
            yield return (words["Services"], words["What we offer, what it costs, and how much is known about it."], "", "/services");
        if (!content.Bibliography.IsEmpty)
            yield return (words["The research, in plain words"],
                words["What has been studied, in how many people, and what each kind of study can and can’t show."],
                "",
                "/research");
        if (!content.Reviews.IsEmpty) yield return (words["Reviews"], words["What patients say"], "", "/reviews");
        if (content.People.Count > 0)
            yield return (words["Team"],
                words["Who’ll be with you, and who writes here"],
                string.Join('\n', content.People.Values.Select(person => $"{person.Name}, {person.Role}")),
                "/team");
        foreach (var place in clinic.Locations)
            yield return (place.Name,
                "",
                string.Join('\n', new[] { place.Directions, place.Parking, place.StepFree }.OfType<Prose>().Select(text => text.PlainText)),
                place.Path);
        if (clinic.Newsletter is { } letter) yield return (words["Newsletter"], letter.Heading, letter.Invitation, "/newsletter");
        if (clinic.Consultation is { } call)
            yield return (call.Title, words["Choose a day and a time for a free call, and change or cancel it later."], "", "/consultation");
    }

    /// <summary>Names of insurance plans and ways to pay, each with the page that lists it. People who type one are looking for that list.</summary>
    public static IEnumerable<(string Target, string Typed)> NamesOf(Clinic clinic) =>
        clinic.Plans.SelectMany(plan => plan.Also.Append(plan.Name))
            .Concat(clinic.Payment?.HsaFsa is null ? [] : ["hsa", "fsa"]).Concat(clinic.Payment?.Superbill is null ? [] : ["superbill"])
            .Concat(clinic.Payment?.Plans is null ? [] : ["payment plan"]).Select(name => (SitePath.Cost, name));

    /// <summary>What the cost page shows from clinic.yml, one line per item.</summary>
    public static IEnumerable<string> Cost(Clinic clinic) =>
    [
        .. Prices(clinic.Prices),
        .. clinic.Plans.Select(plan => string.Join(", ", plan.Also.Prepend(plan.Name)) + (plan.Note is null ? "" : ": " + plan.Note)),
        .. new[] { clinic.Payment?.Plans, clinic.Payment?.HsaFsa, clinic.Payment?.Superbill }.OfType<Prose>().Select(text => text.PlainText),
    ];

    /// <summary>Prices as lines of text.</summary>
    public static IEnumerable<string> Prices(IEnumerable<Price> prices) =>
        prices.Select(price => $"{price.Name}: {price.Short}" + (price.Includes is null ? "" : $". {price.Includes}"));

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
