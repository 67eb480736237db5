using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Consultations;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;
using Ketamine.Web.Tests.Data;
using Ketamine.Web.Tests.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Ketamine.Web.Tests.Features.Consultations;

/// <summary>Two changes to one call at the same moment, and what the database itself refuses.</summary>
public sealed class RaceTests : IDisposable
{
    private readonly ClinicApp _app = ClinicApp.With(clinic => clinic.Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + """
        consultation:
          title: Free call
          weekly:
            - {day: thu, from: "09:00", to: "12:00"}
            - {day: fri, from: "09:00", to: "12:00"}
        """));

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_call_that_is_moved_and_canceled_at_the_same_moment_ends_canceled_without_a_seat(bool cancelFirst)
    {
        var (slots, manage) = await BookAsync();
        await using var scope = _app.Services.CreateAsyncScope();
        var desk = scope.ServiceProvider.GetRequiredService<BookingService>();
        var (call, lead) = (await desk.OpenAsync(manage.Split('/')[^1], CancellationToken.None))!.Value;
        // The other change happens between reading and writing.
        using var other = await _app.PostFormAsync($"{manage}?handler={(cancelFirst ? "Cancel" : "Move")}", ("slot", slots[5]));
        other.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        if (cancelFirst)
        {
            var to = new Timetable(Rules, Denver).Find(slots[4], _app.Clock.Now)!.Value;
            (await desk.MoveAsync(call, lead, to, manage.Split('/')[^1], CancellationToken.None)).ShouldBeFalse();
        }
        else
        {
            (await desk.CancelAsync(call, lead, manage.Split('/')[^1], CancellationToken.None)).ShouldBeTrue();
        }

        var after = await CallAsync();
        (after.Status, after.Seat).ShouldBe((ConsultationStatus.Cancelled, null));
        (await FreeAsync()).ShouldBe(slots);
    }

    [Fact]
    public async Task moving_twice_at_once_is_one_move_with_one_set_of_emails()
    {
        var (slots, manage) = await BookAsync();
        _app.Mailbox.Clear();
        var responses = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _app.PostFormAsync(manage + "?handler=Move", ("slot", slots[5]))));
        using var later = await _app.PostFormAsync(manage + "?handler=Move", ("slot", slots[5]));
        foreach (var response in responses.Append(later))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
            (await _app.GetPageAsync(response.Headers.Location!.ToString())).One(".ticket__when time").GetAttribute("datetime").ShouldBe(slots[5]);
        }

        (await CallAsync()).Sequence.ShouldBe(1);
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-moved").ShouldHaveSingleItem();
        var staff = string.Join(
            ' ',
            _app.Mailbox.OfKind("consultation-staff").ShouldHaveSingleItem().Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );
        staff.ShouldContain("Was: Thursday, January 14 at 10:00 am");
        staff.ShouldContain("Now: Friday, January 15 at 9:30 am");
        staff.ShouldNotContain("Preferred times");
    }

    [Fact]
    public async Task canceling_twice_is_one_cancellation_and_the_second_press_sees_it()
    {
        var (_, manage) = await BookAsync();
        _app.Mailbox.Clear();
        var responses = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _app.PostFormAsync(manage + "?handler=Cancel")))).ToList();
        responses.Add(await _app.PostFormAsync(manage + "?handler=Cancel"));
        foreach (var response in responses)
            (await _app.GetPageAsync(response.Headers.Location!.ToString())).One("h1").Words().ShouldBe("Your call is canceled");
        await _app.DeliverMailAsync();
        _app.Mailbox.OfKind("consultation-cancelled").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_lead_is_answered_at_the_moment_that_a_worker_claims_its_warning()
    {
        using var sent = await _app.PostFormAsync("/contact", ("name", "Jo"), ("email", "jo@example.com"), ("consent", "yes"));
        await using var scope = _app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClinicDb>();
        var lead = await db.Set<Lead>().SingleAsync();
        await db.Set<OutboxMessage>().Where(mail => mail.Kind == LeadMails.OverdueKind).ToListAsync(); // like a page that has already loaded them
        await _app.UseAsync<ClinicDb>(other => other.Set<OutboxMessage>().Where(mail => mail.Kind == LeadMails.OverdueKind)
            .ExecuteUpdateAsync(set => set.SetProperty(mail => mail.State, OutboxState.Sending).SetProperty(mail => mail.Attempts, 1)));
        await _app.UseAsync<LeadService>(async desk =>
            await desk.AnswerAsync((await desk.FindAsync(lead.Reference, CancellationToken.None))!, LeadService.OnServer, CancellationToken.None)
        );
        (await _app.UseAsync<ClinicDb, LeadStatus>(other => other.Set<Lead>().Select(l => l.Status).SingleAsync())).ShouldBe(LeadStatus.Answered);
    }

    [Fact]
    public Task on_sqlite_the_database_refuses_calls_that_overlap_and_a_seat_without_a_booking() =>
        RefusesAsync(_app);

    [Fact]
    public async Task on_postgres_the_database_refuses_calls_that_overlap_and_a_seat_without_a_booking()
    {
        await using var server = await PostgresServer.StartAsync();
        foreach (var (key, value) in server.Settings) _app.Set(key, value);
        await RefusesAsync(_app);
    }

    private static async Task RefusesAsync(ClinicApp app)
    {
        using var sent = await app.PostFormAsync("/contact", ("name", "Jo"), ("email", "jo@example.com"), ("consent", "yes"));
        var start = new LocalDateTime(2027, 1, 14, 9, 0).InZoneStrictly(Denver);
        await AddAsync(0, seat: 0, minutes: 20);
        await AddAsync(20, seat: 0, minutes: 20); // the next begins as it ends
        await AddAsync(10, seat: 1, minutes: 20); // another seat
        foreach (var (after, minutes) in new[] { (0, 20), (10, 20), (19, 1), (-10, 60), (39, 20) })
        {
            var refusal = await Should.ThrowAsync<DbUpdateException>(() => AddAsync(after, seat: 0, minutes));
            ClinicDatabase.IsTaken(refusal).ShouldBeTrue($"{after} minutes later, {minutes} long");
        }

        // Violating any other constraint isn't a lost race.
        var broken = await Should.ThrowAsync<Exception>(() =>
            app.UseAsync<ClinicDb>(db => db.Database.ExecuteSqlRawAsync("""UPDATE "Consultations" SET "Status" = 'Cancelled'"""))
        );
        ClinicDatabase.IsTaken(new DbUpdateException("", broken)).ShouldBeFalse();
        var nobody = await Should.ThrowAsync<Exception>(() =>
            app.UseAsync<ClinicDb>(db => db.Database.ExecuteSqlAsync($"""UPDATE "Consultations" SET "LeadId" = {Guid.NewGuid()}"""))
        );
        ClinicDatabase.IsTaken(new DbUpdateException("", nobody)).ShouldBeFalse();

        Task AddAsync(int after, int seat, int minutes) => app.UseAsync<ClinicDb>(async db =>
        {
            var lead = await db.Set<Lead>().SingleAsync();
            db.Add(
                new Consultation(
                    lead,
                    new CallTime(start.PlusMinutes(after), minutes),
                    seat,
                    CallKind.Phone,
                    SecretLink.Create().Hash,
                    app.Clock.Now,
                    app.Clock.Now
                )
            );
            await db.SaveChangesAsync();
        });
    }

    [Fact]
    public void overlapping_hours_are_refused_with_their_lines()
    {
        using var home = new TemporaryClinic("""
            consultation:
              title: Free call
              weekly:
                - {day: mon, from: "09:00", to: "12:00"}
                - {day: tue, from: "09:00", to: "12:00"}
                - {day: mon, from: "11:45", to: "15:00"}
            """);
        var problem = new ContentFolder(home.Path).Read().Problems.ShouldHaveSingleItem().ToMessage();
        problem.ShouldContain("clinic.yml:10: consultation.weekly.from: mon 11:45–15:00 overlaps mon 09:00–12:00");
    }

    [Fact]
    public void the_times_of_a_day_do_not_depend_on_when_they_are_requested()
    {
        var rules = Rules with
        {
            MinimumNoticeHours = 0,
            BufferMinutes = 25,
            Weekly =
            [
                new(IsoDayOfWeek.Monday, new LocalTime(9, 0), new LocalTime(12, 0)),
                new(IsoDayOfWeek.Monday, new LocalTime(12, 0), new LocalTime(15, 0)),
            ],
        };
        var monday = new LocalDateTime(2027, 1, 18, 0, 0).InZoneStrictly(Denver);
        var all = new Timetable(rules, Denver)
            .Times(monday.ToDateTimeOffset())
            .Where(time => time.Start.Date == monday.Date)
            .Select(time => time.Value)
            .ToList();
        all.Count.ShouldBeGreaterThan(5);
        for (var minute = 1; minute < 16 * 60; minute++)
        {
            var now = monday.PlusMinutes(minute).ToDateTimeOffset();
            new Timetable(rules, Denver).Times(now).Where(time => time.Start.Date == monday.Date).Select(time => time.Value)
                .ShouldBe(all.Where(value => DateTimeOffset.Parse(value, System.Globalization.CultureInfo.InvariantCulture) >= now));
        }
    }

    private static readonly DateTimeZone Denver = DateTimeZoneProviders.Tzdb["America/Denver"];

    private static readonly ConsultationRules Rules = new()
    {
        Title = "Free call",
        Weekly = [new(IsoDayOfWeek.Thursday, new LocalTime(9, 0), new LocalTime(12, 0)), new(IsoDayOfWeek.Friday, new LocalTime(9, 0), new LocalTime(12, 0))],
    };

    private async Task<List<string>> FreeAsync() =>
        [.. (await _app.GetPageAsync("/consultation")).QuerySelectorAll<IHtmlInputElement>(".days input[name=slot]").Select(input => input.Value)];

    private Task<Consultation> CallAsync() => _app.UseAsync<ClinicDb, Consultation>(db => db.Set<Consultation>().AsNoTracking().SingleAsync());

    /// <summary>Books Thursday at ten. Returns the free times beforehand and the path of the call's page.</summary>
    private async Task<(List<string> Slots, string Manage)> BookAsync()
    {
        var slots = await FreeAsync();
        using var response = await _app.PostFormAsync(
            "/consultation",
            ("slot", slots[0]),
            ("name", "Jo"),
            ("email", "jo@example.com"),
            ("phone", "3035550155"),
            ("consent", "yes")
        );
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await _app.DeliverMailAsync();
        return (
            slots,
            _app.Mailbox.OfKind("consultation-confirmation")
                .Single()
                .Links.First(link => link.AbsolutePath.StartsWith("/consultation/manage/", StringComparison.Ordinal))
                .AbsolutePath
        );
    }

    private sealed class TemporaryClinic : IDisposable
    {
        private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ketamine-hours-");

        public TemporaryClinic(string more) => new ClinicFolder(Path).Write("clinic.yml", ClinicFolder.SmallestClinic + "\n" + more);

        public string Path => _home.FullName;

        public void Dispose() => _home.Delete(recursive: true);
    }
}
