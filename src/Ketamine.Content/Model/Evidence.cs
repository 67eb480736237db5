namespace Ketamine.Content.Model;

/// <summary>The kind of statement in a sentence that needs evidence.</summary>
public enum EvidenceClaim
{
    /// <summary>A treatment helps.</summary>
    Efficacy,

    /// <summary>It helps more than another treatment.</summary>
    Superiority,

    /// <summary>It helps fast.</summary>
    Speed,

    /// <summary>The help lasts.</summary>
    Durability,

    /// <summary>It is safe, mild, or easy to tolerate.</summary>
    Safety,

    /// <summary>It can harm.</summary>
    Risk,

    /// <summary>How it acts.</summary>
    Mechanism,
}

/// <summary>The subjects of a study, or of a sentence.</summary>
public enum EvidenceSubjects
{
    /// <summary>People with the illness; the default for a sentence.</summary>
    Patients,

    /// <summary>Healthy volunteers.</summary>
    Volunteers,

    /// <summary>People who take ketamine outside of medicine.</summary>
    Users,

    /// <summary>Animals, cells, and receptors.</summary>
    Animals,

    /// <summary>None: laws, labels, audits.</summary>
    Nobody,
}
