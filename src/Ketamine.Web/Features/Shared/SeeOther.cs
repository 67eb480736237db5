namespace Ketamine.Web.Features.Shared;

/// <summary>303: the form was accepted; see the other page (RFC 9110 §15.4.4). Reloading that page doesn't resubmit the form.</summary>
public sealed class SeeOther(string path) : ActionResult
{
    public override void ExecuteResult(ActionContext context)
    {
        context.HttpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.HttpContext.Response.Headers.Location = path;
        context.HttpContext.Response.Headers.CacheControl = "no-store";
    }
}
