namespace Ketamine.Web.Tests;

public sealed class HarnessTests
{
    [Fact]
    public async Task a_delay_falls_due_when_the_clock_is_moved_and_not_before()
    {
        var clock = new FakeClock();
        var delay = Task.Delay(TimeSpan.FromHours(72), clock);
        clock.Advance(TimeSpan.FromHours(71));
        delay.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromHours(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void a_periodic_timer_ticks_once_a_period_each_at_its_own_instant()
    {
        var clock = new FakeClock();
        var ticks = new List<DateTimeOffset>();
        var start = clock.Now;
        using var timer = clock.CreateTimer(_ => ticks.Add(clock.Now), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        clock.Advance(TimeSpan.FromMinutes(3.5));
        ticks.ShouldBe([start.AddMinutes(1), start.AddMinutes(2), start.AddMinutes(3)]);
        clock.Now.ShouldBe(start.AddMinutes(3.5));
    }

    [Fact]
    public async Task the_site_runs_on_the_tests_clock_from_its_own_folder()
    {
        await using var app = ClinicApp.With(_ => { });
        (await app.Http.GetAsync("/health/live")).IsSuccessStatusCode.ShouldBeTrue();
        (await app.UseAsync<TimeProvider, DateTimeOffset>(clock => Task.FromResult(clock.GetUtcNow()))).ShouldBe(app.Clock.Now);
    }
}
