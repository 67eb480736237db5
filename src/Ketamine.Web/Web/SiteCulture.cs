using System.Globalization;

namespace Ketamine.Web.Web;

/// <summary>The site speaks one language, its own: what the visitor's browser asks for would make one address hold several pages.</summary>
public static class SiteCulture
{
    /// <summary>Runs each request in the culture named by <paramref name="locale"/> (BCP 47), asked anew every time.</summary>
    public static IApplicationBuilder UseSiteCulture(this IApplicationBuilder app, Func<string> locale) => app.Use((context, next) =>
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(locale());
        return next(context);
    });
}
