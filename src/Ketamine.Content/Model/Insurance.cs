namespace Ketamine.Content.Model;

/// <summary>How the clinic works with a plan.</summary>
public enum PlanNetwork
{
    /// <summary>The clinic has a contract with the plan.</summary>
    In,

    /// <summary>No contract: patients pay, and can ask the plan for reimbursement.</summary>
    Out,

    /// <summary>The clinic doesn't bill the plan, and the plan reimburses nothing.</summary>
    None,
}

/// <summary>An insurance plan that patients ask about, an entry of <c>insurance</c> in clinic.yml.</summary>
/// <param name="Name">As the insurer writes it.</param>
/// <param name="Also">Other names that people type, for the search.</param>
/// <param name="Note">A sentence about this plan.</param>
public sealed record InsurancePlan(string Name, ImmutableArray<string> Also, PlanNetwork Network, string? Note);

/// <summary>How patients can pay: <c>payment</c> in clinic.yml. A part that is null isn't shown.</summary>
/// <param name="Plans">Payment plans, or that there are none.</param>
/// <param name="HsaFsa">Health savings and flexible spending accounts.</param>
/// <param name="Superbill">The bill that patients send to their insurer.</param>
public sealed record PaymentOptions(Prose? Plans, Prose? HsaFsa, Prose? Superbill);
