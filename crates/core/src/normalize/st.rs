//! State or province: 13 Canadian provinces and 50 US states by name, everywhere else a guess that the Pixel shares.

use alloc::string::String;

use super::region;
use crate::platform::Platform;

/// Names in Meta's look-up order, each with its code at the end.
const TABLE: &str = "ontarioon quebecqc britishcolumbiabc albertaab saskatchewansk manitobamb novascotians newbrunswicknb \
     princeedwardislandpe newfoundlandandlabradornl yukonyt northwestterritoriesnt nunavutnu alabamaal alaskaak \
     arizonaaz arkansasar californiaca coloradoco connecticutct delawarede floridafl georgiaga hawaiihi idahoid \
     illinoisil indianain iowaia kansasks kentuckyky louisianala maineme marylandmd massachusettsma michiganmi \
     minnesotamn mississippims missourimo montanamt nebraskane nevadanv newhampshirenh newjerseynj newmexiconm \
     newyorkny northcarolinanc northdakotand ohiooh oklahomaok oregonor pennsylvaniapa rhodeislandri southcarolinasc \
     southdakotasd tennesseetn texastx utahut vermontvt virginiava washingtonwa westvirginiawv wisconsinwi wyomingwy";

/// `"N.Y."` → `ny`, `"California"` → `ca`, `"Bayern"` → `ba`.
///
/// Meta's documentation asks for full names outside the US; its libraries send two letters. We follow the libraries, so
/// that both twins agree.
pub(super) fn normalize(value: &str, platform: &dyn Platform) -> String {
    region::normalize(value, TABLE, platform)
}
