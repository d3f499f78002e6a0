// === Consent: without it nothing is loaded or queued, and the tag has succeeded
consent = { ad_storage: false, ad_user_data: false };
fire();
assertThat(calls).isEmpty();
assertThat(scripts).isEmpty();
assertThat(page.twin).isUndefined();
assertApi('gtmOnSuccess').wasCalled();

// === Consent: what was held goes once, with the id and time of when it happened
consent = { ad_storage: false, ad_user_data: true };
fire({ useMatching: true, userDataTable: [{ name: 'em', value: 'a@b.co' }] });
layer = { event: 'gtm.click', 'gtm.uniqueEventId': 20 };
mock('getTimestampMillis', 1700000099999);
decide({ ad_storage: true });
decide({ ad_storage: false });
decide({ ad_storage: true });
assertThat(event().eventId).isEqualTo(MINTED);
assertThat(event().time_ms).isEqualTo(1700000000000);
assertThat(event().matching.given).isEqualTo([{ em: 'a@b.co' }]);
assertThat(scripts).isEqualTo([[SCRIPT, SCRIPT]]);

// === Consent: several that wait go in their order, by one listener
consent = { ad_storage: false, ad_user_data: false };
fire();
layer['gtm.uniqueEventId'] = 8;
layer.event = 'sign_up';
fire();
assertThat(listeners.length).isEqualTo(1);
decide({ ad_storage: true });
assertThat(events().map((one) => one.name)).isEqualTo(['Purchase', 'CompleteRegistration']);

// === Consent: a grant of both in one update lets customer data go, in either order
consent = { ad_storage: false, ad_user_data: false };
fire({ useMatching: true });
decide({ ad_storage: true, ad_user_data: true });
assertThat(event().matching).isDefined();

// === Consent: without ad_user_data the event goes without customer data
consent = { ad_storage: true, ad_user_data: false };
fire({ useMatching: true, matchDataLayer: true });
assertThat(event().matching).isUndefined();

// === Consent: … also when it was held
consent = { ad_storage: false, ad_user_data: false };
fire({ useMatching: true, matchDataLayer: true });
decide({ ad_storage: true });
assertThat(event().matching).isUndefined();

// === Consent: dropped, if so chosen
consent = { ad_storage: false, ad_user_data: false };
fire({ whenDenied: 'drop' });
decide({ ad_storage: true });
assertThat(calls).isEmpty();
assertApi('gtmOnSuccess').wasCalled();

// === Consent: a page that is never left keeps the latest hundred
consent = { ad_storage: false, ad_user_data: false };
for (let number = 1; number <= 102; number++) {
  layer['gtm.uniqueEventId'] = number;
  fire();
}
decide({ ad_storage: true });
assertThat(events().length).isEqualTo(100);
assertThat(events()[0].gtmEventId).isEqualTo(3);

// === Consent: after a revoke the companion is told, and of a new grant, too; nothing else is ever granted
fire();
assertThat(calls.length).isEqualTo(1);
decide({ ad_storage: false });
assertThat(calls[1]).isEqualTo(['consent', 'revoke']);
fire();
assertThat(calls.length).isEqualTo(2);
decide({ ad_storage: true });
assertThat(calls[2]).isEqualTo(['consent', 'grant']);
assertThat(calls[3][0]).isEqualTo('event');

// === Consent: a companion that is not ours is the page's business
fire({ library: 'present' });
decide({ ad_storage: false });
assertThat(calls.length).isEqualTo(1);

// === Consent: a variable
fire({ consentSource: 'variable', consentVariable: true });
fire({ consentSource: 'variable', consentVariable: 'granted' });
fire({ consentSource: 'variable', consentVariable: 'true' });
assertThat(events().length).isEqualTo(3);
assertApi('isConsentGranted').wasNotCalled();

// === Consent: a variable that says anything else, or nothing, is a no
fire({ consentSource: 'variable', consentVariable: false });
fire({ consentSource: 'variable', consentVariable: 'denied' });
fire({ consentSource: 'variable', consentVariable: undefined });
assertThat(calls).isEmpty();

// === Consent: what a variable has held back goes before the first event that it lets through
fire({ consentSource: 'variable', consentVariable: false });
layer['gtm.uniqueEventId'] = 8;
fire({ consentSource: 'variable', consentVariable: true });
assertThat(events().map((one) => one.gtmEventId)).isEqualTo([7, 8]);

// === Consent: nobody is asked, if so chosen
consent = { ad_storage: false, ad_user_data: false };
fire({ consentSource: 'none', useMatching: true });
assertThat(event().matching).isDefined();
assertThat(listeners).isEmpty();
