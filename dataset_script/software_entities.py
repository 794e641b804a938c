"""Software entities in Wikipedia sentences: the first corpus of tagpress, in the WikiSER layout."""

import datasets

import tagpress


class SoftwareEntities(tagpress.CorpusBuilder):
    """Sentences of English Wikipedia articles about software, each token tagged with the software entity it is part of."""

    NAME = "software-entities"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {  # noqa: RUF012 - the attributes of a builder script are its declaration, never changed
        "Algorithm": "A named procedure or method of computing, such as quicksort or gradient descent.",
        "Application": "A program or service that people use as it is, such as Firefox or QEMU.",
        "Architecture": "A processor or system architecture, such as x86-64 or ARM.",
        "Data_Structure": "A way to organise data in memory or on disk, such as a hash table or a B-tree.",
        "Device": "A piece of hardware, such as an iPhone or a GPU.",
        "Error_Name": "A named error, fault, exception or kind of bug, such as buffer overflow.",
        "General_Concept": "A concept of computing that no other type covers, such as regression or caching.",
        "Language": "A language for programming, query, markup or description, such as Python or SQL.",
        "Library": "A library, framework or programming interface, such as NumPy or OpenGL.",
        "License": "A software licence, such as the MIT License or the GPL.",
        "Operating_System": "An operating system or distribution, such as Linux or Windows XP.",
        "Protocol": "A protocol, file format or standard of data exchange, such as HTTP or USB.",
    }
    DIALECT = tagpress.Columns(token=0, tag=1, delimiter="\t", sentence_start="<s>", sentence_end="</s>", scheme="IOB2")
    SOURCES = "data/*.txt"
    SPLITS = tagpress.HashSplits(train=80, validation=10, test=10, group="sentence", salt="1")
    CARD = "../dataset_card.md"
    POLICY = {"duplicate": "drop", "invalid-transition": "error"}  # noqa: RUF012 - as above
