using Ketamine.Web.Data;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Ketamine.Web.Features.Shared;

/// <summary>A page whose form is shown again, filled in, if the submission can't be saved.</summary>
public interface IFormPage
{
    /// <summary>Shown in the summary and next to the fields.</summary>
    FormErrors Errors { get; }

    /// <summary>Whether the page had read what it shows before the database failed.</summary>
    bool CanBeShown => true;
}

/// <summary>
/// Returns 503 if the database fails during a page: with the filled-in form if there is one, otherwise with the error page. Pages that offer more in
/// that case catch the failure themselves.
/// </summary>
public sealed partial class DatabaseFailures(ILogger<DatabaseFailures> log) : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var executed = await next();
        if (executed is not { Exception: { } failure, ExceptionHandled: false } || !ClinicDatabase.IsFailure(failure)) return;
        executed.ExceptionHandled = true;
        if (executed.HandlerInstance is SitePage page and IFormPage { CanBeShown: true } form && HttpMethods.IsPost(context.HttpContext.Request.Method))
        {
            executed.Result = page.ShowNotSaved(form.Errors, log, failure);
            return;
        }

        LogFailure(ClinicDatabase.Cause(failure));
        executed.Result = new StatusCodeResult(StatusCodes.Status503ServiceUnavailable);
    }

    [LoggerMessage(LogLevel.Error, "A page can't be shown: {Cause}")]
    private partial void LogFailure(string cause);
}

/// <summary>Puts the filter before every page.</summary>
public static class DatabaseFailuresSetup
{
    public static IServiceCollection AddDatabaseFailures(this IServiceCollection services) =>
        services.Configure<MvcOptions>(mvc => mvc.Filters.Add<DatabaseFailures>());
}
