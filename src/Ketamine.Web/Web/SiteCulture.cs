namespace Ketamine.Web.Web;

/// <summary>The site has one language: honoring the browser's preference would put several pages at one address.</summary>
public static class SiteCulture
{
    /// <summary>Runs each request in the culture that <paramref name="locale"/> returns (BCP 47), called for every request.</summary>
    public static IApplicationBuilder UseSiteCulture(this IApplicationBuilder app, Func<string> locale) => app.Use((context, next) =>
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(locale());
        return next(context);
    });
}
