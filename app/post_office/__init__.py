"""The post office: sends what lies in the outbox, hears what the provider reports, and lets people settle doubts."""
