//! State or province: 13 Canadian provinces and 50 US states by name, everywhere else a guess that the Pixel shares.

/// Names in Meta's look-up order, capitals as in `region.rs`. `"N.Y."` → `ny`, `"California"` → `ca`, `"Bayern"` → `ba`.
///
/// Meta's documentation asks for full names outside the US; its libraries send two letters. We follow the libraries, so
/// that both twins agree.
pub(crate) const NAMES: &str = "ontario quebecC britishcolumbiaC albertaB saskatchewanK manitobaB novascotiaS newbrunswickB \
     princeedwardislandE newfoundlandandlabradorL yukonT northwestterritoriesT nunavut alabama alaskaK \
     arizonaZ arkansas california colorado connecticutT delaware florida georgiaA hawaiiI idaho \
     illinois indiana iowaA kansasS kentuckyY louisianaA maineE marylandD massachusetts michigan \
     minnesotaN mississippiS missouriO montanaT nebraska nevadaV newhampshireH newjerseyJ newmexicoM \
     newyorkY northcarolinaC northdakotaD ohio oklahoma oregon pennsylvaniaA rhodeislandI southcarolinaC \
     southdakotaD tennesseeN texasX utah vermontT virginiaA washington westvirginiaV wisconsin wyoming";
