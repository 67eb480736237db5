using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Leads;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Ketamine.Web.Features.Consultations;

/// <summary>The booking form for the free call: a time, a name, one way to reach the person, and their consent.</summary>
[EnableRateLimiting(RequestLimits.Forms)]
[Compressed]
public sealed class BookModel(
    ContentStore store, IStringLocalizer<SiteStrings> words, BookingService bookings, IOptions<LeadsOptions> leads, ReceiptLinks receipts,
    TimeProvider clock, ILogger<BookModel> logger) : SitePage(store, words)
{
    [BindProperty]
    public ContactForm Form { get; set; } = new();

    /// <summary>The start of the chosen time, a <see cref="CallTime.Value"/> from the form or a link; or <see cref="OtherTime"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Slot { get; set; }

    /// <summary><c>phone</c> or <c>video</c>.</summary>
    [BindProperty]
    public string? ContactBy { get; set; }

    /// <summary>When a call would suit them, in their own words, if no time is offered or none works.</summary>
    [BindProperty]
    public string? Times { get; set; }

    [BindProperty]
    public string? Message { get; set; }

    /// <summary>The answer to the question about danger: <c>yes</c>, <c>unsure</c>, or <c>no</c>.</summary>
    [BindProperty]
    public string? Danger { get; set; }

    [BindProperty]
    public string? Consent { get; set; }

    /// <summary>The value of <see cref="Slot"/> for someone who needs a time that isn't offered.</summary>
    public const string OtherTime = "other";

    public override IEnumerable<string> Sheets => [SiteAssets.Form];

    public FormErrors Errors { get; } = new();
    public ConsultationRules Rules => Clinic.Consultation!;
    public ImmutableArray<CallTime> Free { get; private set; } = [];

    /// <summary>The chosen time, if it can't be booked although the form is valid; <see cref="Why"/> says why. Otherwise null.</summary>
    public CallTime? Gone { get; private set; }

    /// <summary>Why the time in <see cref="Gone"/> isn't offered; null if someone else booked it.</summary>
    public NotOffered? Why { get; private set; }

    /// <summary>The free times closest to the one that can't be booked.</summary>
    public ImmutableArray<CallTime> Nearest { get; private set; } = [];

    public bool OffersTimes => Rules.Weekly.Length > 0;
    public Consent ConsentWords => ConsentBox.For(Clinic, leads.Value, T);

    /// <summary>The hint that says what the email address is for. It is required for a video call.</summary>
    public string EmailHint => !Rules.By.Contains(CallKind.Video) ? T["For your confirmation, and the link to reschedule or cancel. Optional."]
        : !Rules.By.Contains(CallKind.Phone) ? T["We’ll send the video link here."]
        : T["For your confirmation, and the link if you choose video. Optional for a phone call."];

    /// <summary>
    /// Whether to show the optional part of the form expanded: if a question is required, answered, or has an error, or if there is a message.
    /// Collapsed otherwise, to keep the form short.
    /// </summary>
    public bool OpenQuestions =>
        Rules.Questions.Any(question =>
            question.Required || !string.IsNullOrEmpty(Answer(question)) || Errors.For(QuestionAnswers.FieldName(question)) is not null)
        || !string.IsNullOrEmpty(Message);

    /// <summary>What they typed in answer to one of the clinic's own questions.</summary>
    public string? Answer(ConsultationQuestion question) => Request.HasFormContentType ? Request.Form[QuestionAnswers.FieldName(question)].ToString() : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (Clinic.Consultation is null) return NotFound();
        await HeadAsync(cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (Clinic.Consultation is null) return NotFound();
        try
        {
            await HeadAsync(cancellation);
            return await TakeAsync(cancellation);
        }
        catch (Exception exception) when (ClinicDatabase.IsFailure(exception))
        {
            Errors.AddNotSaved(T, Clinic, logger, exception);
            return Again(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task<IActionResult> TakeAsync(CancellationToken cancellation)
    {
        var time = ParseTime(out var times, out var gone);
        var by = ParseBy();
        var contact = ParseContact(by);
        var message = TypedText.Lines(Message);
        if (message?.Length > LeadRequest.MaxMessageLength) Errors.Add("message", T["Shorten the message to 4,000 characters or fewer"]);
        var answers = QuestionAnswers.Parse(Rules.Questions, Answer, (field, sentence) => Errors.Add(field, sentence), T);
        if (Consent != "yes") Errors.Add("consent", T["Check the box so we can keep your answers and reply"]);
        Errors.InOrder(["slot", "times", "contactBy", "name", "email", "phone", .. Rules.Questions.Select(QuestionAnswers.FieldName), "message", "consent"]);
        if (Errors.Any || contact is null) return Again(StatusCodes.Status422UnprocessableEntity);
        var request = new LeadRequest
        {
            Kind = LeadKind.Consultation,
            Contact = contact,
            Message = message,
            Answers = answers,
            Times = times ?? TypedText.OneLine(T.Whole(time ?? At(gone!.Value))),
            Consent = ConsentWords.With(contact, Clinic, T),
            Danger = AskDanger.Parse(Danger),
            Network = Networks.Of(HttpContext),
            Suspicion = Honeypot.Caught(Request) ? LeadRequest.FilledTrap : null,
        };
        // The time may be unavailable because this same form booked it: it was submitted twice, the first time just before the notice period began.
        var lead = gone is not null ? await bookings.FindTwinAsync(request, cancellation)
            : time is { } wanted ? await bookings.BookAsync(request, wanted, by, cancellation)
            : await bookings.RequestTimeAsync(request, cancellation);
        if (lead is not null) return new SeeOther($"/consultation/booked?s={receipts.Create(lead.Id)}");
        await OfferOthersAsync(gone ?? time!.Value.StartsAt, cancellation);
        return Again(StatusCodes.Status409Conflict);
    }

    private CallTime? ParseTime(out string? times, out DateTimeOffset? gone)
    {
        gone = null;
        times = TypedText.Lines(Times);
        if (times?.Length > LeadRequest.MaxTimesLength) Errors.Add("times", T["Shorten this to 500 characters or fewer"]);
        if (!OffersTimes || Slot == OtherTime)
        {
            if (times is null) Errors.Add("times", T["Say when a call would suit you, like weekday mornings"]);
            return null;
        }

        times = null;
        if (string.IsNullOrEmpty(Slot))
        {
            Errors.Add("slot", T["Choose a time, or ask for another one"]);
            return null;
        }

        if (!CallTime.TryParse(Slot, out var instant))
        {
            Errors.Add("slot", T["Choose one of the times"]);
            return null;
        }

        var time = Timetable.Of(Clinic).Find(Slot, clock.GetUtcNow());
        if (time is null) gone = instant; // most likely it was offered when they opened the page, so it isn't their mistake
        return time;
    }

    // The form hides the phone field for a video call. A number typed before that stays in the form but isn't validated.
    private ContactDetails? ParseContact(CallKind by)
    {
        var typed = Form.Phone;
        if (ContactBy == "video" && by is CallKind.Video) Form.Phone = null;
        var needed = by is CallKind.Video ? ("email", "Enter an email address so we can send you the link")
            : ("phone", "Enter a phone number so we can call you");
        var parsed = Form.TryParse((field, sentence) => Errors.Add(field, T[sentence]), Clinic.PhoneRegion, out var contact, needed);
        Form.Phone = typed;
        return parsed ? contact : null;
    }

    private CallKind ParseBy()
    {
        var by = ContactBy switch
        {
            "phone" => CallKind.Phone,
            "video" => CallKind.Video,
            _ => Rules.By[0],
        };
        return Rules.By.Contains(by) ? by : Rules.By[0];
    }

    private PageResult Again(int status)
    {
        Title = status != StatusCodes.Status409Conflict ? T["Error: {0}", Title]
            : Why is null ? T["Someone just booked that time"]
            : T["That time can’t be booked"];
        return new PageResult { StatusCode = status };
    }

    private CallTime At(DateTimeOffset instant) => new(instant.InZone(Clinic.TimeZone), Rules.Minutes);

    private async Task OfferOthersAsync(DateTimeOffset taken, CancellationToken cancellation)
    {
        Gone = At(taken);
        Why = Timetable.Of(Clinic).WhyNot(taken, clock.GetUtcNow());
        Free = await bookings.FreeAsync(cancellation);
        Nearest = [.. Free.OrderBy(free => (free.StartsAt - taken).Duration()).Take(3).OrderBy(free => free.StartsAt)];
        Slot = null;
    }

    private async Task HeadAsync(CancellationToken cancellation)
    {
        Response.Headers.CacheControl = "no-store"; // the free times change at any moment
        Title = T["Book a free call"];
        Description = T["Choose a time for a free {0}-minute call with {1}. No card, no obligation.", Rules.Minutes, Clinic.Name];
        CanonicalPath = "/consultation";
        Free = await bookings.FreeAsync(cancellation);
    }
}
