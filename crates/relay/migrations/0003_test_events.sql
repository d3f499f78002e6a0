-- The code of Events Manager's page "Test events" that the event was posted with, from the inspector's switch; NULL for
-- all others. Such an event is sent like any other, in a request of its own that names the code.
ALTER TABLE event ADD COLUMN test_event_code TEXT;
