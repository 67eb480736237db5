using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Ketamine.Web.Tests;

/// <summary>Steps that visitors take, for tests.</summary>
public static class Pages
{
    /// <summary>Opens a page and reads it.</summary>
    /// <param name="app">The site.</param>
    /// <param name="path">With its query.</param>
    /// <param name="status">The required status.</param>
    public static async Task<IHtmlDocument> GetPageAsync(this ClinicApp app, string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await app.Http.GetAsync(path);
        return await response.ReadPageAsync(status);
    }

    /// <summary>Sends a form the way a browser does from the site's own page.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(this ClinicApp app, string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return await app.Http.SendAsync(request);
    }

    /// <summary>Reads a response as a page, and checks its status.</summary>
    public static async Task<IHtmlDocument> ReadPageAsync(this HttpResponseMessage response, HttpStatusCode status = HttpStatusCode.OK)
    {
        ArgumentNullException.ThrowIfNull(response);
        var html = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}\n{Start(html)}");
        return new HtmlParser(new HtmlParserOptions(), BrowsingContext.New()).ParseDocument(html);
    }

    /// <summary>The only matching element; if there isn't exactly one, fails with the number of matches.</summary>
    public static IElement One(this IParentNode node, string selector)
    {
        ArgumentNullException.ThrowIfNull(node);
        var found = node.QuerySelectorAll(selector);
        found.Length.ShouldBe(1, $"elements that match {selector}");
        return found[0];
    }

    /// <summary>An element's text with every run of white space as one space.</summary>
    public static string Words(this INode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return string.Join(' ', node.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Start(string html) => html.Length <= 2000 ? html : html[..2000] + " …";
}
