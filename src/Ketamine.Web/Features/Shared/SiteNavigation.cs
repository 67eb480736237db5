using System.Collections.Immutable;
using Ketamine.Web.Content;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Shared;

/// <summary>The ways through the site. What a folder does not hold is left out, because its address answers 404.</summary>
public static class SiteNavigation
{
    /// <summary>The clinic's own navigation, or the default as far as its pages exist.</summary>
    public static ImmutableArray<NavigationLink> Of(Edition site, IStringLocalizer<Words> words)
    {
        if (!site.Clinic.Navigation.IsEmpty) return site.Clinic.Navigation;
        var links = ImmutableArray.CreateBuilder<NavigationLink>();
        void Add(string title, string href, bool exists)
        {
            if (exists) links.Add(new NavigationLink(words[title], href));
        }

        Add("Home", "/", true);
        Add("About Us", "/about", HasAbout(site));
        Add("Services", "/services", !site.Services.IsEmpty);
        Add("FAQs", "/faqs", !site.Content.Faqs.IsEmpty);
        Add("Research", "/research", !site.Content.Bibliography.IsEmpty);
        Add("Blog", "/blog", !site.Articles.IsEmpty);
        Add("Reviews", "/reviews", !site.Content.Reviews.IsEmpty);
        Add("Contact", "/contact", true);
        return links.ToImmutable();
    }

    /// <summary>The folder's pages that the navigation doesn't name: privacy, accessibility and the like.</summary>
    public static IEnumerable<Page> Others(Edition site, IEnumerable<NavigationLink> navigation) =>
        site.Pages.Where(page => page.Path != "/" && navigation.All(link => link.Href != page.Path));

    /// <summary>There is something to say about the clinic: a page of its own, or people.</summary>
    public static bool HasAbout(Edition site) => site.FindPage("about") is not null || site.Content.People.Count > 0;
}
