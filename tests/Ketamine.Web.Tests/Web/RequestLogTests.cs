using System.Net;
using System.Text;
using System.Text.Json;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace Ketamine.Web.Tests.Web;

/// <summary>What a request leaves in the log files: enough to find a problem, and nothing about the person behind it.</summary>
public sealed class RequestLogTests : IDisposable
{
    private readonly ThrowingApp _app = new();

    [Fact]
    public async Task a_request_is_one_line_with_its_route_and_nothing_about_the_visitor()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/consultation/manage/canary-token?canary=query");
        request.Headers.TryAddWithoutValidation("User-Agent", "canary-agent");
        request.Headers.TryAddWithoutValidation("Referer", "https://canary-referer.example/");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.99");
        using var response = await _app.Http.SendAsync(request);
        using var post = await _app.PostFormAsync(
            "/contact?canary=query",
            ("name", "canary-name"),
            ("message", "canary-message"),
            ("email", "canary@canary.example")
        );
        using var missing = await _app.Http.GetAsync("/nowhere/canary@canary.example");
        (await RequestsAsync(3)).ShouldBe(["GET /consultation/manage/{token} 404", "POST /contact 422", "GET /… 404"]);
        _app.Log.Where(line => line.Contains("canary", StringComparison.Ordinal) || line.Contains("203.0.113", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/images/nmda-receptor.svg", "GET /images/nmda-receptor.svg 200")]
    [InlineData("/site.css", "GET /site.css 200")]
    [InlineData("/favicon.svg", "GET /favicon.svg 200")]
    [InlineData("/contact", "GET /contact 200")]
    [InlineData("/services", "GET /services 200")]
    [InlineData("/blog/nmda-receptor", "GET /blog/nmda-receptor 200")]
    [InlineData("/privacy", "GET /privacy 200")]
    public async Task existing_addresses_are_logged(string path, string line)
    {
        await using var app = new ClinicApp();
        using var response = await app.Http.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await RequestsAsync(1, app)).ShouldBe([line]);
    }

    [Theory]
    [InlineData("/i-want-to-die")]
    [InlineData("/I-Want-To-Die/")]
    [InlineData("/jane-doe-depression.php")]
    [InlineData("/blog/i-want-to-die")]
    [InlineData("/blog/topics/i-want-to-die")]
    [InlineData("/services/i-want-to-die")]
    [InlineData("/images/jane-doe-depression.jpg")]
    [InlineData("/newsletter/confirm/i-want-to-die")]
    [InlineData("/a%0AINF forged line i-want-to-die")]
    public async Task a_path_that_the_site_does_not_have_is_not_logged_in_the_visitors_words(string path)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Post, HttpMethod.Put, HttpMethod.Options })
            using (await _app.Http.SendAsync(new HttpRequestMessage(method, path))) { }

        (await RequestsAsync(5)).Count.ShouldBe(5);
        _app.Log.Where(line => line.Contains("want-to", StringComparison.OrdinalIgnoreCase) || line.Contains("jane-doe", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("name=Ann&message=help & canary [since June")]
    [InlineData("name=canary&email=canary&phone=canary&message=canary&consent[canary=yes")]
    [InlineData("canary%ZZ=%u0000&[canary].x[=canary")]
    public async Task text_typed_into_an_unreadable_form_is_never_logged(string body)
    {
        foreach (var path in new[] { "/contact", "/consultation", "/newsletter" })
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
            using var response = await _app.Http.SendAsync(request);
        }

        (await RequestsAsync(3)).Count.ShouldBe(3);
        _app.Log.Where(line => line.Contains("canary", StringComparison.Ordinal) || line.Contains("since June", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_failure_is_logged_with_its_types_and_where_it_happened_but_not_with_its_message()
    {
        using var response = await _app.PostFormAsync("/contact?throw", ("message", "canary"));
        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var failure = _app
            .Log.Select(line => JsonDocument.Parse(line).RootElement)
            .Single(line => line.TryGetProperty("Exception", out _))
            .GetProperty("Exception")
            .GetString()!;
        failure.ShouldContain(
            "System.InvalidOperationException ---> System.Collections.Generic.KeyNotFoundException ---> System.IO.IOException: The disk is gone"
        );
        failure.ShouldContain($"at {typeof(Fault).FullName!.Replace('+', '.')}.OnResourceExecuting");
        _app.Log.Where(line => line.Contains("canary", StringComparison.Ordinal)).ShouldBeEmpty();
        (await RequestsAsync(1)).ShouldBe(["POST /contact 500"]);
    }

    [Theory]
    [InlineData("/consultation/manage/q8Jx0ZkT5w2mB7sLr4YvN1cDf6GhPa3EuK9iOtXzVbQ", "/consultation/manage/…")]
    [InlineData("/newsletter/confirm/0123456789abcdef0123456789abcdef", "/newsletter/confirm/…")]
    [InlineData("/jane@example.com", "/…")]
    [InlineData("/I am depressed", "/…")]
    [InlineData("/a\nINF forged line", "/…")]
    public void even_in_page_urls_possible_tokens_and_typed_words_are_masked(string path, string shown) => RequestLog.Masked(path).ShouldBe(shown);

    /// <summary>The lines of the request log, once there are that many: each line is written after its response.</summary>
    private async Task<List<string>> RequestsAsync(int count, ClinicApp? app = null)
    {
        for (var tries = 0; tries < 500 && Requests(app ?? _app).Count < count; tries++) await Task.Delay(20);
        return Requests(app ?? _app);
    }

    /// <summary>The lines of the request log, without the milliseconds.</summary>
    private static List<string> Requests(ClinicApp app) =>
        [.. app.Log.Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("MessageTemplate").GetString()!.StartsWith("{Method", StringComparison.Ordinal))
            .Select(line => line.GetProperty("RenderedMessage").GetString()!.Split(" in ")[0])];

    public void Dispose() => _app.Dispose();

    /// <summary>The sample clinic, where POST /contact?throw fails with an exception that quotes what was typed.</summary>
    private sealed class ThrowingApp : ClinicApp
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.Configure<MvcOptions>(mvc => mvc.Filters.Add(new Fault())));
        }
    }

    private sealed class Fault : IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
            if (!context.HttpContext.Request.Query.ContainsKey("throw")) return;
            var typed = context.HttpContext.Request.Form["message"].ToString();
            try
            {
                throw new KeyNotFoundException($"The given key '{typed}' was not present", new IOException("The disk is gone"));
            }
            catch (KeyNotFoundException inner)
            {
                throw new InvalidOperationException($"Can't read {typed}", inner);
            }
        }

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }
}
