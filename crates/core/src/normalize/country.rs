//! Country: ISO 3166-1 alpha-2 from 272 English names and aliases.

/// Names in Meta's look-up order, capitals as in `region.rs`. `"Germany"` → `de`, `"USA"` → `us`, `"UK"` → `uk` (two letters
/// stand, known or not).
///
/// Beyond exact names it is a guess, wrong ones included (`"Great Britain"` → `gr`), but the same guess as the Pixel's.
pub(crate) const NAMES: &str = "unitedstatesS usa ind afghanistan alandislandsX albania algeriaDZ americansamoaS andorraD angolaO \
     anguillaI antarcticaQ antiguaandbarbudaG argentina armeniaM arubaW australia austriaT azerbaijan \
     bahamasS bahrainH bangladeshD barbadosB belarusY belgium belizeZ beninJ bermudaM bhutanT \
     boliviaplurinationalstateof bolivia bonairesinteustatinsandsabaQ bosniaandherzegovinaA botswanaW \
     bouvetislandV brazil britishindianoceanterritoryIO bruneidarussalamN bruneiN bulgariaG burkinafasoF \
     burundiI cambodiaKH cameroonM canada capeverdeV caymanislandsKY centralafricanrepublicF chadTD chileL \
     chinaN christmasislandX cocoskeelingislandsC colombia comorosKM congoG congothedemocraticrepublicoftheD \
     democraticrepublicofthecongoCD cookislandsK costaricaR cotedivoireI ivorycoastCI croatiaHR cuba curacaoW \
     cyprus czechrepublic denmarkK djibouti dominicaM dominicanrepublic ecuador egypt elsalvadorSV \
     equatorialguineaGQ eritrea estoniaE ethiopia falklandislandsmalvinasK faroeislandsO fijiJ finland \
     france frenchguianaGF frenchpolynesiaPF frenchsouthernterritoriesTF gabon gambiaM georgia germanyDE \
     ghana gibraltar greece greenlandL grenadaD guadeloupeP guam guatemalaT guernseyG guineaN \
     guineabissauW guyanaY haitiT heardislandandmcdonaldislandsM holyseevaticancitystateVA vatican hondurasN \
     hongkongK hungary icelandS india indonesiaD iranislamicrepublicof iran iraqQ irelandE isleofmanM \
     israelL italy jamaicaM japanP jersey jordan kazakhstanZ kenya kiribati \
     koreademocraticpeoplesrepublicofP northkoreaKP korearepublicofR southkoreaKR kuwaitW kyrgyzstanG \
     laopeoplesdemocraticrepublic laos latviaV lebanonB lesothoS liberiaR libyaY liechtenstein lithuaniaT \
     luxembourg macaoO macedoniatheformeryugoslavrepublicofK macedoniaK madagascarG malawiW malaysiaY \
     maldivesV maliL maltaT marshallislandsH martiniqueQ mauritaniaR mauritiusU mayotteYT mexicoX \
     micronesiafederatedstatesofFM micronesiaFM moldovarepublicofD moldovaD monacoC mongoliaN montenegroE \
     montserratS moroccoA mozambiqueZ myanmarM namibia nauruR nepalP netherlandsL newcaledoniaC \
     newzealandZ nicaragua nigerE nigeriaG niueU norfolkislandF northernmarianaislandsMP norway oman \
     pakistanK palauW palestinestateofS palestineS panama papuanewguineaG paraguayY peru philippines \
     pitcairnN polandL portugalT puertoricoR qatar reunion romania russianfederation russia rwanda \
     saintbarthelemyBL sainthelenaascensionandtristandacunhaH saintkittsandnevisKN saintluciaLC \
     saintmartinfrenchpartMF saintpierreandmiquelonPM saintvincentandthegrenadinesVC samoaWS sanmarinoM \
     saotomeandprincipeT saudiarabia senegalN serbiaRS seychellesC sierraleoneL singaporeG \
     sintmaartenductchpartX slovakiaK sloveniaI solomonislandsB somalia southafricaZA \
     southgeorgiaandthesouthsandwichislandsGS southsudanS spainES srilankaLK sudanD surinameR \
     svalbardandjanmayenJ eswatiniSZ swazilandZ swedenE switzerlandCH syrianarabrepublic syria \
     taiwanprovinceofchinaW taiwanW tajikistanJ tanzaniaunitedrepublicofZ tanzaniaZ thailand timorlesteL \
     easttimorTL togoG tokelauK tonga trinidadandtobagoT tunisiaN turkeyR turkmenistanM \
     turksandcaicosislandsC tuvaluV uganda ukraineA unitedarabemiratesAE unitedkingdomGB unitedstatesofamericaS \
     unitedstatesminoroutlyingislandsM uruguayY uzbekistan vanuatuU venezuelabolivarianrepublicof venezuela \
     vietnamN virginislandsbritishG virginislandsus wallisandfutunaF westernsaharaEH yemen zambiaM zimbabweW";
