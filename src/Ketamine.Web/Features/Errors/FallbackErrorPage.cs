using System.Net;

namespace Ketamine.Web.Features.Errors;

/// <summary>
/// The page for when even the error page fails to render. Without a layout or style sheet there is nothing left to fail, and it still shows how to
/// reach the clinic.
/// </summary>
public static class FallbackErrorPage
{
    /// <summary>The whole page, in the clinic's language.</summary>
    public static string Page(Clinic clinic, int status)
    {
        var spanish = clinic.Locale.StartsWith("es", StringComparison.OrdinalIgnoreCase);
        var words = spanish
            ? (Title: "No se pudo mostrar esta página", Way: "Inténtelo de nuevo en un momento, o llámenos", Home: "Ir a la página principal")
            : (Title: "We couldn’t show this page", Way: "Please try again in a moment, or call us", Home: "Go to the home page");
        var phone = clinic.Phone is { } number ? $": <a href=\"{number.Href}\">{WebUtility.HtmlEncode(number.National)}</a>" : "";
        var name = WebUtility.HtmlEncode(clinic.Name);
        var crisisPhone = WebUtility.HtmlEncode(clinic.Crisis.Phone);
        return $"""
            <!doctype html>
            <html lang="{(spanish ? "es" : "en")}">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="robots" content="noindex">
            <title>{words.Title} – {name}</title>
            <h1>{words.Title}</h1>
            <p>{words.Way}{phone}. ({status})</p>
            <p>{WebUtility.HtmlEncode(clinic.Crisis.Text)} <a href="tel:{crisisPhone}">{crisisPhone}</a>, <a href="tel:911">911</a></p>
            <p><a href="/">{words.Home}: {name}</a></p>
            """;
    }
}
