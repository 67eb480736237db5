namespace Ketamine.Content.Model;

/// <summary>What a sentence says that only evidence can carry.</summary>
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

    /// <summary>It is safe, mild or easy to bear.</summary>
    Safety,

    /// <summary>It can harm.</summary>
    Risk,

    /// <summary>How it acts.</summary>
    Mechanism,
}

/// <summary>Whom a work studied, and whom a sentence speaks of.</summary>
public enum EvidenceSubjects
{
    /// <summary>People with the illness; what a sentence means that says nothing else.</summary>
    Patients,

    /// <summary>Healthy volunteers.</summary>
    Volunteers,

    /// <summary>People who take ketamine outside of medicine.</summary>
    Users,

    /// <summary>Animals, cells and receptors.</summary>
    Animals,

    /// <summary>Nobody: laws, labels, audits.</summary>
    Nobody,
}
