"""The words of nbreduce as types: pure, without any input or output."""
