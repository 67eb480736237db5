using Microsoft.AspNetCore.Mvc;

namespace Ketamine.Web.Features.Shared;

/// <summary>303: the form was taken, look there (RFC 9110 §15.4.4). A reload there sends nothing again.</summary>
public sealed class SeeOther(string path) : ActionResult
{
    /// <inheritdoc />
    public override void ExecuteResult(ActionContext context)
    {
        context.HttpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.HttpContext.Response.Headers.Location = path;
        context.HttpContext.Response.Headers.CacheControl = "no-store";
    }
}
