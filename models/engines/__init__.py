"""Engines: implementations of `models.protocols.Seq2SeqEngine`."""
