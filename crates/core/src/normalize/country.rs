//! Country: ISO 3166-1 alpha-2 from 272 English names and aliases.

use alloc::string::String;

use super::region;
use crate::platform::Platform;

/// Names in Meta's look-up order, each with its code at the end.
const TABLE: &str = "unitedstatesus usaus indin afghanistanaf alandislandsax albaniaal algeriadz americansamoaas andorraad angolaao \
     anguillaai antarcticaaq antiguaandbarbudaag argentinaar armeniaam arubaaw australiaau austriaat azerbaijanaz \
     bahamasbs bahrainbh bangladeshbd barbadosbb belarusby belgiumbe belizebz beninbj bermudabm bhutanbt \
     boliviaplurinationalstateofbo boliviabo bonairesinteustatinsandsababq bosniaandherzegovinaba botswanabw \
     bouvetislandbv brazilbr britishindianoceanterritoryio bruneidarussalambn bruneibn bulgariabg burkinafasobf \
     burundibi cambodiakh camerooncm canadaca capeverdecv caymanislandsky centralafricanrepubliccf chadtd chilecl \
     chinacn christmasislandcx cocoskeelingislandscc colombiaco comoroskm congocg congothedemocraticrepublicofthecd \
     democraticrepublicofthecongocd cookislandsck costaricacr cotedivoireci ivorycoastci croatiahr cubacu curacaocw \
     cypruscy czechrepubliccz denmarkdk djiboutidj dominicadm dominicanrepublicdo ecuadorec egypteg elsalvadorsv \
     equatorialguineagq eritreaer estoniaee ethiopiaet falklandislandsmalvinasfk faroeislandsfo fijifj finlandfi \
     francefr frenchguianagf frenchpolynesiapf frenchsouthernterritoriestf gabonga gambiagm georgiage germanyde \
     ghanagh gibraltargi greecegr greenlandgl grenadagd guadeloupegp guamgu guatemalagt guernseygg guineagn \
     guineabissaugw guyanagy haitiht heardislandandmcdonaldislandshm holyseevaticancitystateva vaticanva hondurashn \
     hongkonghk hungaryhu icelandis indiain indonesiaid iranislamicrepublicofir iranir iraqiq irelandie isleofmanim \
     israelil italyit jamaicajm japanjp jerseyje jordanjo kazakhstankz kenyake kiribatiki \
     koreademocraticpeoplesrepublicofkp northkoreakp korearepublicofkr southkoreakr kuwaitkw kyrgyzstankg \
     laopeoplesdemocraticrepublicla laosla latvialv lebanonlb lesothols liberialr libyaly liechtensteinli lithuanialt \
     luxembourglu macaomo macedoniatheformeryugoslavrepublicofmk macedoniamk madagascarmg malawimw malaysiamy \
     maldivesmv maliml maltamt marshallislandsmh martiniquemq mauritaniamr mauritiusmu mayotteyt mexicomx \
     micronesiafederatedstatesoffm micronesiafm moldovarepublicofmd moldovamd monacomc mongoliamn montenegrome \
     montserratms moroccoma mozambiquemz myanmarmm namibiana naurunr nepalnp netherlandsnl newcaledonianc \
     newzealandnz nicaraguani nigerne nigeriang niuenu norfolkislandnf northernmarianaislandsmp norwayno omanom \
     pakistanpk palaupw palestinestateofps palestineps panamapa papuanewguineapg paraguaypy perupe philippinesph \
     pitcairnpn polandpl portugalpt puertoricopr qatarqa reunionre romaniaro russianfederationru russiaru rwandarw \
     saintbarthelemybl sainthelenaascensionandtristandacunhash saintkittsandneviskn saintlucialc \
     saintmartinfrenchpartmf saintpierreandmiquelonpm saintvincentandthegrenadinesvc samoaws sanmarinosm \
     saotomeandprincipest saudiarabiasa senegalsn serbiars seychellessc sierraleonesl singaporesg \
     sintmaartenductchpartsx slovakiask sloveniasi solomonislandssb somaliaso southafricaza \
     southgeorgiaandthesouthsandwichislandsgs southsudanss spaines srilankalk sudansd surinamesr \
     svalbardandjanmayensj eswatinisz swazilandsz swedense switzerlandch syrianarabrepublicsy syriasy \
     taiwanprovinceofchinatw taiwantw tajikistantj tanzaniaunitedrepublicoftz tanzaniatz thailandth timorlestetl \
     easttimortl togotg tokelautk tongato trinidadandtobagott tunisiatn turkeytr turkmenistantm \
     turksandcaicosislandstc tuvalutv ugandaug ukraineua unitedarabemiratesae unitedkingdomgb unitedstatesofamericaus \
     unitedstatesminoroutlyingislandsum uruguayuy uzbekistanuz vanuatuvu venezuelabolivarianrepublicofve venezuelave \
     vietnamvn virginislandsbritishvg virginislandsusvi wallisandfutunawf westernsaharaeh yemenye zambiazm zimbabwezw";

/// `"Germany"` → `de`, `"USA"` → `us`, `"UK"` → `uk` (two letters stand, known or not).
///
/// Beyond exact names it is a guess, wrong ones included (`"Great Britain"` → `gr`), but the same guess as the Pixel's.
pub(super) fn normalize(value: &str, platform: &dyn Platform) -> String {
    region::normalize(value, TABLE, platform)
}

/// Whether the code may be another country's.
pub(super) fn is_guess(value: &str, platform: &dyn Platform) -> bool {
    region::is_guess(value, TABLE, platform)
}
