using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Ketamine.Web.Web;

/// <summary>
/// A field that people can't see or reach, but that bots fill in: <c>&lt;honeypot label="Leave this empty" /&gt;</c>.
/// The class <c>honeypot</c> moves it off the screen; display:none would give it away.
/// </summary>
[HtmlTargetElement("honeypot", TagStructure = TagStructure.WithoutEndTag)]
public sealed class Honeypot : TagHelper
{
    /// <summary>The form field's name, one that browsers and password managers don't autofill.</summary>
    public const string Field = "topic_line";

    /// <summary>For the rare visitor whose software shows it anyway.</summary>
    public string Label { get; set; } = "";

    /// <summary>Whether the field was filled in. Such requests are quarantined, never dropped.</summary>
    public static bool Caught(HttpRequest request) => request.HasFormContentType && !string.IsNullOrWhiteSpace(request.Form[Field]);

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "honeypot");
        output.Attributes.SetAttribute("aria-hidden", "true");
        var label = new TagBuilder("label");
        label.Attributes["for"] = Field;
        label.InnerHtml.Append(Label);
        var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.StartTag };
        foreach (var (name, value) in new[] { ("id", Field), ("name", Field), ("type", "text"), ("tabindex", "-1"), ("autocomplete", "off") })
            input.Attributes[name] = value;
        output.Content.AppendHtml(label).AppendHtml(input);
    }
}
