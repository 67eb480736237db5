namespace Ketamine.Content.Notices;

/// <summary>The notice of the right to a good faith estimate, required on the site of anyone who treats self-paying patients.</summary>
internal static class EstimateNotice
{
    public const string Path = "/good-faith-estimate";

    public static LegalNotice Write(Edition site) =>
        new(
            Path,
            "Your right to a good faith estimate",
            "If you pay for your care yourself, you can get the expected cost in writing before the visit.",
            $"""
            If you have no insurance, or pay for a visit without using it, the law gives you the right to a "good faith estimate."
            It tells you in writing what your care is expected to cost.

            - It lists the total expected cost of care that is not an emergency. That includes tests, medications, and fees for the visit.
            - It is an estimate. It does not say what an insurance plan may pay.
            - If you book a visit at least 3 business days ahead, we give you the estimate within 1 business day of booking.
            - If you book at least 10 business days ahead, we give it to you within 3 business days of booking.
            - You can also ask for one before you book. Then we give it to you within 3 business days.
            - **If your bill is $400 or more above the estimate, you can dispute the bill.**
            - Keep a copy or a picture of your estimate.

            The prices on this site are not your estimate. To get yours, {LegalNotice.Reach(site.Clinic)}.

            For questions, or to learn about a dispute, see [cms.gov/nosurprises](https://www.cms.gov/nosurprises) or call [1-800-985-3059](tel:+18009853059).
            """,
            [
                new("No Surprises Act, Public Health Service Act section 2799B-6", new Uri("https://www.cms.gov/nosurprises")),
                new("45 CFR 149.610", new Uri("https://www.ecfr.gov/current/title-45/section-149.610")),
            ],
            new LocalDate(2026, 11, 28));
}
